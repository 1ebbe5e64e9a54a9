package search

import (
	"cmp"
	"math"
	"slices"
	"time"

	"timbre"
	"timbre/search/dot"
)

// index holds the embeddings of a domain's profiles that one model has made, contiguous in memory.
type index struct {
	dim     int
	vectors []float32 // dim values for each entry, in the same order
	entries []entry
}

// entry is the rest of a profile.
type entry struct {
	id      string
	logNet  float64
	expires time.Time
}

// add adds a profile; false if its embedding cannot be compared with the others.
func (x *index) add(p timbre.Profile, c Calibration) bool {
	e := p.Voiceprint.Embedding
	if x.dim == 0 {
		x.dim = len(e)
	}
	if len(e) == 0 || len(e) != x.dim || !finite(e) {
		return false
	}
	x.vectors = append(x.vectors, e...)
	x.entries = append(x.entries, entry{p.ID, c.logSeconds(p.Voiceprint.Net), p.Expires})
	return true
}

func finite(e timbre.Embedding) bool {
	return !slices.ContainsFunc(e, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}

// candidate is a profile at or above the threshold.
type candidate struct {
	id    string
	logit float64
}

// rank compares v with every profile that has not expired at now. It returns those whose logit is at least the given one,
// best first, at most limit.
func (x *index) rank(v timbre.Voiceprint, c Calibration, now time.Time, least float64, limit int) []candidate {
	if len(v.Embedding) != x.dim {
		return nil
	}
	best := make([]candidate, 0, limit+1)
	logNet := c.logSeconds(v.Net)
	for i := range x.entries {
		e := &x.entries[i]
		logit := c.logit(float64(dot.Product(v.Embedding, x.vectors[i*x.dim:(i+1)*x.dim])), logNet, e.logNet)
		if !(logit >= least) || !now.Before(e.expires) {
			continue
		}
		k := candidate{e.id, logit}
		at, _ := slices.BinarySearchFunc(best, k, better)
		if best = slices.Insert(best, at, k); len(best) > limit {
			best = best[:limit]
		}
		if len(best) == limit {
			least = best[limit-1].logit
		}
	}
	return best
}

// better orders by probability, and equal ones by id, so that the order is deterministic.
func better(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id))
}
