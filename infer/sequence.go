package infer

import (
	"context"
	"slices"

	"timbre"
)

// takesSequences says whether a recurrent network takes many windows of a leg at once, [steps, legs, n], and the state. Another one takes a
// window of each leg, [legs, n], the state and the sample rate.
func (m *Model) takesSequences() bool { return len(m.inputs) == 2 }

// stepInputs are the inputs of a run over windows that follow each other on some legs.
func (m *Model) stepInputs(steps, legs int, windows, states []float32) []Tensor {
	width := int64(len(windows) / (steps * legs))
	state := Tensor{Shape: []int64{2, int64(legs), int64(len(states) / (2 * legs))}, Float: states}
	if m.takesSequences() {
		return []Tensor{{Shape: []int64{int64(steps), int64(legs), width}, Float: windows}, state}
	}
	return []Tensor{{Shape: []int64{int64(legs), width}, Float: windows}, state, {Shape: []int64{1}, Int: []int64{timbre.SampleRate}}}
}

// Steps is Step for windows of one length that follow each other on a leg: one run, where the network takes sequences.
func (m *Model) Steps(ctx context.Context, windows [][]float32, state []float32) ([]float32, error) {
	if len(windows) > 1 && m.takesSequences() {
		return m.sequence(ctx, windows, state)
	}
	scores := make([]float32, len(windows))
	for i, w := range windows {
		score, err := m.Step(ctx, w, state)
		if err != nil {
			return nil, err
		}
		scores[i] = score
	}
	return scores, nil
}

func (m *Model) sequence(ctx context.Context, windows [][]float32, state []float32) ([]float32, error) {
	out, err := m.Run(ctx, m.stepInputs(len(windows), 1, slices.Concat(windows...), state)...)
	if err != nil {
		return nil, err
	}
	if len(out) != 2 || len(out[0]) != len(windows) || len(out[1]) != len(state) {
		return nil, m.errorf("got other outputs than %d scores and the next state", len(windows))
	}
	m.metrics.windows.Add(float64(len(windows)))
	m.pace.hear(len(windows) * len(windows[0]))
	copy(state, out[1])
	return out[0], nil
}

// Steps is Model.Steps. What is there at once needs to wait for nobody.
func (b *Batch) Steps(ctx context.Context, windows [][]float32, state []float32) ([]float32, error) {
	return b.model.Steps(ctx, windows, state)
}
