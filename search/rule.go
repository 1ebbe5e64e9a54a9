package search

import (
	"cmp"
	"math"
	"slices"

	"timbre"
)

// Rule decides when a profile is a match. The zero value of a field is its default.
type Rule struct {
	Threshold float64 // the least probability of a match: above 0, below 1
	Strangers float64 // the greatest share of strangers' calls in which one is named, at any number of profiles: above 0, below 1
	Prior     float64 // the share of calls whose caller is expected to be enrolled: above 0, below 1
}

// The defaults of a Rule.
const (
	DefaultThreshold = 0.90
	DefaultStrangers = 0.01
	DefaultPrior     = 0.50
)

// complete fills in the defaults.
func (r Rule) complete() Rule {
	return Rule{cmp.Or(r.Threshold, DefaultThreshold), cmp.Or(r.Strangers, DefaultStrangers), cmp.Or(r.Prior, DefaultPrior)}
}

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// decide finds the matches among the profiles of an index that a query was compared with.
func (x *index) decide(q *query, c *Calibration, r Rule) timbre.Finding {
	e := &q.evidence
	if e.n == 0 {
		return timbre.Finding{Sure: true}
	}
	floor := c.floor(&q.caller, e, x.least(&c.Strangers, r.Strangers, e.n))
	alike := func(a, b int) float64 { return x.alike(a, b, e.n, c, q.gaps) }
	ranked := e.judge(floor, r, alike)
	next := len(ranked) // the best one that is too far down to be a match
	slices.SortFunc(ranked, func(a, b verdict) int { return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id)) })
	found := timbre.Finding{Sure: c.More.settled(ranked[0].margin)}
	if next < len(e.best) {
		found.RunnerUp = sigmoid(e.best[next].llr - e.against(next, alike))
	}
	for _, k := range ranked {
		if k.margin >= 0 {
			found.Matches = append(found.Matches, timbre.Match{ProfileID: k.id, Confidence: sigmoid(k.logit)})
		} else {
			found.RunnerUp = max(found.RunnerUp, sigmoid(k.logit))
		}
	}
	return found
}

// Match returns which of the profiles of different people, whose llrs are given, is the best match of a caller; -1 if none is.
func (c *Calibration) Match(r Rule, caller timbre.Voiceprint, llrs []float64) int {
	r = r.complete()
	e := newEvidence(r.Prior)
	for i, llr := range llrs {
		e.add(candidate{at: i, llr: llr})
	}
	if e.n == 0 {
		return -1
	}
	side := c.side(caller)
	ranked := e.judge(c.floor(&side, &e, c.Strangers.least(r.Strangers, e.n)), r, func(int, int) float64 { return 0 })
	if best := ranked[0]; best.margin >= 0 {
		return best.at
	}
	return -1
}

// judge weighs the best candidates against all others, as far down as one can be a match. There is at least the first.
func (e *evidence) judge(floor float64, r Rule, alike func(a, b int) float64) (ranked []verdict) {
	for i, k := range e.best[:min(MaxMatches, len(e.best))] {
		if i > 0 && k.llr < max(floor, math.Log(float64(e.n))+e.nobody+logit(r.Threshold)) {
			break // nor can any that follows
		}
		against := e.against(i, alike)
		ranked = append(ranked, verdict{k, k.llr - against, k.llr - max(floor, against+logit(r.Threshold))})
	}
	return ranked
}

// verdict is a candidate among all others.
type verdict struct {
	candidate
	logit  float64 // of the probability that the caller is this person
	margin float64 // of the llr above the least that makes it a match
}

// settled says whether twice the speech would hardly change on which side of the least a candidate is.
func (m MoreSpeech) settled(margin float64) bool {
	return margin >= m.Spread || margin+m.Gain+2*m.Spread < 0
}
