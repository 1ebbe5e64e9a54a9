package search

import (
	"cmp"
	"math"
	"slices"
	"time"

	"timbre"
	"timbre/search/dot"
)

// index holds the voices of a domain's profiles that were made by one model, side by side in memory.
type index struct {
	dim     int
	vectors []float32 // dim values a profile
	entries []entry
}

// entry is what else is known of a profile: its row in vectors is its place among the entries.
type entry struct {
	id      string
	logNet  float64
	expires time.Time
}

// add takes a profile in. False: its embedding is not fit to be compared with the others.
func (x *index) add(p timbre.Profile, c Calibration) bool {
	e := p.Voiceprint.Embedding
	if x.dim == 0 {
		x.dim = len(e)
	}
	if len(e) == 0 || len(e) != x.dim || !finite(e) {
		return false
	}
	x.vectors = append(x.vectors, e...)
	x.entries = append(x.entries, entry{p.ID, c.log(p.Voiceprint.Net), p.Expires})
	return true
}

func finite(e timbre.Embedding) bool {
	return !slices.ContainsFunc(e, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}

// found is a profile at or above the threshold.
type found struct {
	id    string
	logit float64
}

// rank compares v with every profile that lives at now, and gives the most probable ones that reach the logit least, best
// first, at most limit.
func (x *index) rank(v timbre.Voiceprint, c Calibration, now time.Time, least float64, limit int) []found {
	if len(v.Embedding) != x.dim {
		return nil
	}
	best := make([]found, 0, limit+1)
	net := c.log(v.Net)
	for i := range x.entries {
		e := &x.entries[i]
		logit := c.logit(float64(dot.Product(v.Embedding, x.vectors[i*x.dim:(i+1)*x.dim])), net, e.logNet)
		if !(logit >= least) || !now.Before(e.expires) {
			continue
		}
		f := found{e.id, logit}
		at, _ := slices.BinarySearchFunc(best, f, better)
		if best = slices.Insert(best, at, f); len(best) > limit {
			best = best[:limit]
		}
		if len(best) == limit {
			least = best[limit-1].logit
		}
	}
	return best
}

// better orders by probability, and equal ones by id, so that the order never depends on chance.
func better(a, b found) int {
	return cmp.Or(cmp.Compare(b.logit, a.logit), cmp.Compare(a.id, b.id))
}
