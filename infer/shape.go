package infer

import (
	"context"

	"timbre"
)

// Wave runs a network on audio at 8 kHz, in [-1, 1), which it takes in the form that its card states, and returns its first output.
// Unprocessable: the audio is too short for the model.
func (m *Model) Wave(ctx context.Context, samples []float32) ([]float32, error) {
	in, err := m.front.tensor(samples)
	if err != nil {
		return nil, err
	}
	out, err := m.Run(ctx, in)
	if err != nil {
		return nil, err
	}
	if m.dimension > 0 && len(out[0]) != m.dimension {
		return nil, m.errorf("it gives %d values, and its card says %d", len(out[0]), m.dimension)
	}
	return out[0], nil
}

// Step runs a recurrent network on the next window, [1, n], with the state after the previous window, [2, 1, len(state)/2], and the
// sample rate. It returns one score and overwrites state.
func (m *Model) Step(ctx context.Context, window, state []float32) (score float32, err error) {
	out, err := m.Run(ctx,
		Tensor{Shape: []int64{1, int64(len(window))}, Float: window},
		Tensor{Shape: []int64{2, 1, int64(len(state) / 2)}, Float: state},
		Tensor{Shape: []int64{1}, Int: []int64{timbre.SampleRate}})
	if err != nil {
		return 0, err
	}
	if len(out) != 2 || len(out[0]) != 1 || len(out[1]) != len(state) {
		return 0, m.errorf("got other outputs than a score and the next state")
	}
	copy(state, out[1])
	return out[0][0], nil
}
