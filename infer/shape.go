package infer

import (
	"context"

	"timbre"
)

// Wave runs a network on audio at 8 kHz, in [-1, 1), which it takes in the form that its card states, and returns its first output.
// Unprocessable: the audio is too short for the model.
func (m *Model) Wave(ctx context.Context, samples []float32) ([]float32, error) {
	if m.front.form.Frames != (timbre.Frames{}) {
		return m.Stream(ctx, 0, samples, new(timbre.Past))
	}
	in, err := m.front.tensor(samples)
	if err != nil {
		return nil, err
	}
	out, err := m.vector(ctx, in)
	if err != nil {
		return nil, err
	}
	m.pace.hear(len(samples))
	return out[0], nil
}

// vector is Run of a network whose first output is a vector.
func (m *Model) vector(ctx context.Context, in ...Tensor) ([][]float32, error) {
	out, err := m.Run(ctx, in...)
	if err == nil && m.dimension > 0 && len(out[0]) != m.dimension {
		err = m.errorf("it gives %d values, and its card says %d", len(out[0]), m.dimension)
	}
	return out, err
}

// Step runs a recurrent network on the next window, with the state after the previous window, [2, 1, len(state)/2]. It returns one score
// and overwrites state.
func (m *Model) Step(ctx context.Context, window, state []float32) (score float32, err error) {
	if err := m.enter(ctx); err != nil {
		m.metrics.failures.Inc()
		return 0, err
	}
	defer m.queue.leave()
	s := &step{window: window, state: state}
	err = m.stepAll([]*step{s})
	return s.score, err
}
