package tone

import (
	"math"

	"timbre"
)

// Odds are the log-odds of positive and of negative, each against the two other tones. Neutral is what they leave over: a change
// of one kind of odds never changes how speech ranks by the other.
type Odds struct {
	Positive float64 `json:"positive"`
	Negative float64 `json:"negative"`
}

// rarest limits log-odds: a score of exactly 0 or 1 has none.
const rarest = 12

// oddsOf returns the log-odds of a tone.
func oddsOf(t timbre.Tone) Odds { return Odds{logit(t.Positive), logit(t.Negative)} }

// tone returns the tone with these log-odds. Should positive and negative exceed 1 together, they share it.
func (o Odds) tone() timbre.Tone {
	p, n := logistic(o.Positive), logistic(o.Negative)
	if sum := p + n; sum > 1 {
		p, n = p/sum, n/sum
	}
	return timbre.Tone{Positive: p, Neutral: max(0, 1-p-n), Negative: n}
}

// plus returns o + factor·other.
func (o Odds) plus(factor float64, other Odds) Odds {
	return Odds{o.Positive + factor*other.Positive, o.Negative + factor*other.Negative}
}

func logit(p float64) float64 { return max(-rarest, min(rarest, math.Log(p/(1-p)))) }

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
