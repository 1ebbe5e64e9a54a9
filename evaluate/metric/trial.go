// Package metric computes what the scores of a speaker recogniser, or of a classifier, are worth: error rates, costs of its
// probabilities, ranks, and the uncertainty of each. Scores with the truth come in; figures go out. It reads no audio and no file.
package metric

import (
	"cmp"
	"slices"
)

// Trial is one comparison of two voices.
type Trial struct {
	Score   float64 // log-likelihood ratio (natural logarithm) that both are one person; any score that grows with it for error rates
	Target  bool    // both are one person
	Refused bool    // one of the two could not be used: no score. Such a trial is never accepted at any threshold
	A, B    int     // the people of the two sides, from 0; equal for a target
}

// Trials are comparisons in the order of their scores.
type Trials struct {
	sorted  []Trial // those with a score
	refused []Trial
}

// NewTrials sorts trials.
func NewTrials(all []Trial) Trials {
	var t Trials
	for _, x := range all {
		if x.Refused {
			t.refused = append(t.refused, x)
		} else {
			t.sorted = append(t.sorted, x)
		}
	}
	slices.SortStableFunc(t.sorted, func(a, b Trial) int { return cmp.Compare(a.Score, b.Score) })
	return t
}

// Count counts targets and non-targets, and how many of each were refused.
func (t Trials) Count() (c Count) {
	for _, x := range t.sorted {
		c.add(x.Target, false)
	}
	for _, x := range t.refused {
		c.add(x.Target, true)
	}
	return c
}

// Count is a number of trials.
type Count struct {
	Targets           int `json:"targets"`
	NonTargets        int `json:"nonTargets"`
	RefusedTargets    int `json:"refusedTargets"` // of the targets; each counts as a miss
	RefusedNonTargets int `json:"refusedNonTargets"`
}

func (c *Count) add(target, refused bool) {
	n := 0
	if refused {
		n = 1
	}
	if target {
		c.Targets++
		c.RefusedTargets += n
	} else {
		c.NonTargets++
		c.RefusedNonTargets += n
	}
}

// weights are how often each person was drawn; nil: everybody once.
type weights []float64

// of is the weight of a trial. A target counts as often as its person was drawn, a non-target as often as the pair of them was.
// Copies of one person are not compared with each other.
func (w weights) of(t Trial) float64 {
	switch {
	case w == nil:
		return 1
	case t.Target || t.A == t.B:
		return w[t.A]
	}
	return w[t.A] * w[t.B]
}

// totals are the weights of all targets and non-targets.
func (t Trials) totals(w weights) (targets, others float64) {
	for _, list := range [][]Trial{t.sorted, t.refused} {
		for _, x := range list {
			if x.Target {
				targets += w.of(x)
			} else {
				others += w.of(x)
			}
		}
	}
	return targets, others
}

// scored are the numbers of targets and non-targets that were not refused.
func (t Trials) scored() (targets, others float64) { return Trials{sorted: t.sorted}.totals(nil) }
