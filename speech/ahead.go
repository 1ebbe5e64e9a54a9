package speech

import (
	"context"

	"timbre"
)

// SequenceVAD is a VAD that scores windows that follow each other on a leg in one run, which costs less than one run each. The scores are
// the same.
type SequenceVAD interface {
	VAD
	Steps(ctx context.Context, windows [][]float32, state []float32) (probabilities []float32, err error)
}

// ahead is the VAD of a recording. It scores windows before the detector comes to them, as many as it can without knowing whether they
// are voiced: after each MaxSilence without voice the detector clears the state.
type ahead struct {
	vad      SequenceVAD
	detector *Detector
	pcm      []float32 // the Context of the next window that has no score, and all that is known from there on
	scores   []float32 // of the next windows of the detector
}

func newAhead(v SequenceVAD) *ahead { return &ahead{vad: v, pcm: make([]float32, Context)} }

// hear takes the next samples, before the detector does.
func (a *ahead) hear(pcm []int16) { a.pcm = timbre.Wave(a.pcm, pcm) }

// Step implements VAD.
func (a *ahead) Step(ctx context.Context, window, state []float32) (float32, error) {
	if len(a.scores) == 0 {
		n := min(a.detector.untilForgets(), (len(a.pcm)-Context)/Window)
		if n == 0 { // the recording ends within the window
			return a.vad.Step(ctx, window, state)
		}
		if err := a.score(ctx, n, state); err != nil {
			return 0, err
		}
	}
	score := a.scores[0]
	a.scores = a.scores[1:]
	return score, nil
}

// score scores the next n windows, and leaves the state that is after them.
func (a *ahead) score(ctx context.Context, n int, state []float32) (err error) {
	windows := make([][]float32, n)
	for i := range windows {
		windows[i] = a.pcm[i*Window:][:Context+Window]
	}
	a.scores, err = a.vad.Steps(ctx, windows, state)
	a.pcm = append(a.pcm[:0], a.pcm[n*Window:]...)
	return err
}
