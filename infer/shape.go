package infer

import (
	"context"

	"timbre"
)

// Wave runs a network that takes one waveform, [1, n], and gives one vector.
func (m *Model) Wave(ctx context.Context, samples []float32) ([]float32, error) {
	out, err := m.Run(ctx, Tensor{Shape: []int64{1, int64(len(samples))}, Float: samples})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// Step runs a network that is fed window by window: it takes the next window, [1, n], the state that the window before left,
// [2, 1, len(state)/2], and the sample rate; it gives one score and writes the next state over state.
func (m *Model) Step(ctx context.Context, window, state []float32) (score float32, err error) {
	out, err := m.Run(ctx,
		Tensor{Shape: []int64{1, int64(len(window))}, Float: window},
		Tensor{Shape: []int64{2, 1, int64(len(state) / 2)}, Float: state},
		Tensor{Shape: []int64{1}, Int: []int64{timbre.SampleRate}})
	if err != nil {
		return 0, err
	}
	if len(out) != 2 || len(out[0]) != 1 || len(out[1]) != len(state) {
		return 0, m.fault("gives no score and next state")
	}
	copy(state, out[1])
	return out[0][0], nil
}
