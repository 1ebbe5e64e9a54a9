package main

import (
	"math"
	"slices"
	"sort"
)

// trials are the scores of target (same speaker) and non-target comparisons.
type trials struct{ same, different []float64 }

func (t *trials) add(same bool, score float64) {
	if same {
		t.same = append(t.same, score)
	} else {
		t.different = append(t.different, score)
	}
}

// at returns the false rejection and false acceptance rate at a threshold.
func (t *trials) at(threshold float64) (reject, accept float64) {
	slices.Sort(t.same)
	slices.Sort(t.different)
	return float64(sort.SearchFloat64s(t.same, threshold)) / float64(len(t.same)),
		1 - float64(sort.SearchFloat64s(t.different, threshold))/float64(len(t.different))
}

// eer is the equal error rate.
func (t *trials) eer() float64 {
	slices.Sort(t.same)
	slices.Sort(t.different)
	best, rate := math.Inf(1), 0.0
	for i, threshold := range t.same {
		reject := float64(i) / float64(len(t.same))
		accept := float64(len(t.different)-sort.SearchFloat64s(t.different, threshold)) / float64(len(t.different))
		if gap := math.Abs(reject - accept); gap < best {
			best, rate = gap, (reject+accept)/2
		}
	}
	return rate
}

// frr is the false rejection rate at a false acceptance rate.
func (t *trials) frr(far float64) float64 {
	threshold := t.threshold(far)
	slices.Sort(t.same)
	return float64(sort.SearchFloat64s(t.same, threshold)) / float64(len(t.same))
}

// threshold is the score that gives a false acceptance rate.
func (t *trials) threshold(far float64) float64 {
	slices.Sort(t.different)
	return t.different[min(len(t.different)-1, int(float64(len(t.different))*(1-far)))]
}

func mean(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
