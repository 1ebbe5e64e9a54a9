package timbre

import "time"

// Tone is the tone of a stretch of speech: three scores, each 0 to 1, with the sum 1.
type Tone struct{ Positive, Neutral, Negative float64 }

// Label returns the name of the highest score: positive, neutral or negative.
func (t Tone) Label() string {
	switch {
	case t.Positive > t.Neutral && t.Positive > t.Negative:
		return "positive"
	case t.Negative > t.Neutral:
		return "negative"
	}
	return "neutral"
}

// ToneSpan is the tone of one leg between two times of a call.
type ToneSpan struct {
	Start, End time.Time
	Tone       Tone
}
