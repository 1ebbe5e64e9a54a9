package search

import (
	"math"

	"timbre"
)

// Mapped is the calibration whose llr is offset + scale·llr under every condition. What it knows of strangers and of more speech is
// mapped along.
func (c Calibration) Mapped(offset, scale float64) Calibration {
	c.Bias, c.Score = offset+scale*c.Bias, scale*c.Score
	for _, q := range c.Quantities() {
		q.Bias, q.Score = scale*q.Bias, scale*q.Score
		q.Gap.Bias, q.Gap.Score = scale*q.Gap.Bias, scale*q.Gap.Score
	}
	s := &c.Strangers
	s.Mean = offset + scale*s.Mean
	for _, x := range []*float64{&s.Voice, &s.Spread, &s.Speech, &s.SNR, &s.Level, &s.Clipped, &c.More.Gain, &c.More.Spread} {
		*x *= scale
	}
	return c
}

// Stranger is the score of a voice with a profile of somebody else.
type Stranger struct {
	LLR   float64
	Voice timbre.Voiceprint
}

// Guarded is the calibration with a distribution of strangers that is at least as near and as wide as those that were measured, so that
// a promise on strangers holds for them too. It never becomes less strict: a few people say too little about rare events for that.
func (c Calibration) Guarded(strangers []Stranger) Calibration {
	if len(strangers) < 2 {
		return c
	}
	var sum, squares float64
	for _, x := range strangers {
		caller := c.side(x.Voice)
		d := x.LLR - c.strangersMean(&caller)
		sum, squares = sum+d, squares+d*d
	}
	n := float64(len(strangers))
	mean := sum / n
	sd := math.Sqrt(max(0, squares/n-mean*mean))
	s := &c.Strangers
	s.Mean += max(0, mean)
	if wider := sd / math.Hypot(s.Voice, s.Spread); wider > 1 {
		s.Voice, s.Spread = wider*s.Voice, wider*s.Spread
	}
	return c
}
