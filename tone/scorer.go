// Package tone scores voice tone as positive, neutral and negative, for a stretch of speech and over a call. Speech of one leg
// comes in; scores go out. It decides neither when to score nor who receives the scores: that is task.
package tone

import (
	"context"
	"math"
	"time"

	"timbre"
)

// Span is the time that the current tone is scored over. Longer audio is cut to its last part.
const Span = 30 * time.Second

// MinNet is the least net speech that is scored.
const MinNet = 3 * time.Second

// Scorer scores audio with one model and its calibration. It is safe for concurrent use.
type Scorer struct {
	model       timbre.StreamModel
	calibration Calibration
}

// New makes a Scorer.
func New(m timbre.StreamModel, c Calibration) *Scorer { return &Scorer{m, c} }

// Calibration is that of the scores.
func (s *Scorer) Calibration() Calibration { return s.calibration }

// Score returns the tone of the last 30 s of pcm, at 8 kHz in [-1, 1), by a voice that is heard for the first time. first is the number
// of the first sample in all the speech of the voice, of which the model keeps the past. Unprocessable: pcm is shorter than 3 s, or has
// no tone.
func (s *Scorer) Score(ctx context.Context, first int, pcm []float32, past *timbre.Past) (timbre.Tone, error) {
	if extra := len(pcm) - timbre.Samples(Span); extra > 0 {
		first, pcm = first+extra, pcm[extra:]
	}
	if len(pcm) < timbre.Samples(MinNet) {
		return timbre.Tone{}, timbre.Errorf(timbre.Unprocessable, "tone.Score", "too short: %.1f s of audio", timbre.Duration(len(pcm)).Seconds())
	}
	out, err := s.model.Stream(ctx, first, pcm, past)
	if err != nil {
		return timbre.Tone{}, err
	}
	if len(out) != 3 {
		return timbre.Tone{}, timbre.Errorf(timbre.Internal, "tone.Score", "got %d scores from the model, want 3", len(out))
	}
	t := timbre.Tone{Positive: float64(out[0]), Neutral: float64(out[1]), Negative: float64(out[2])}
	sum := t.Positive + t.Neutral + t.Negative
	if math.IsNaN(sum) || min(t.Positive, t.Neutral, t.Negative) < 0 || math.Abs(sum-1) > 0.01 {
		return timbre.Tone{}, timbre.Errorf(timbre.Unprocessable, "tone.Score", "the audio has no tone: scores %v", out)
	}
	t = timbre.Tone{Positive: t.Positive / sum, Neutral: t.Neutral / sum, Negative: t.Negative / sum}
	return s.calibration.apply(t), nil
}
