package search

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"timbre"
	"timbre/search/dot"
)

// index holds the embeddings of a domain's profiles that one model has made, contiguous in memory.
type index struct {
	dim     int
	vectors []float32 // dim values for each entry, in the same order
	sides   []side    // of the entries
	entries []entry
	floor   atomic.Pointer[floor] // of the last search
}

// entry is the rest of a profile.
type entry struct {
	id      string
	expires int64 // Unix time in nanoseconds
}

// add adds a profile; false if its embedding cannot be compared with the others.
func (x *index) add(p timbre.Profile, c *Calibration) bool {
	e := p.Voiceprint.Embedding
	if len(e) == 0 || len(e) != x.dim || !finite(e) {
		return false
	}
	x.vectors = append(x.vectors, e...)
	x.entries = append(x.entries, entry{p.ID, p.Expires.UnixNano()})
	x.sides = append(x.sides, c.side(p.Voiceprint))
	return true
}

func finite(e timbre.Embedding) bool {
	return !slices.ContainsFunc(e, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) })
}

func (x *index) vector(i int) []float32 { return x.vectors[i*x.dim : (i+1)*x.dim] }

// weigh compares v with every profile that has not expired at now.
func (x *index) weigh(v timbre.Voiceprint, c *Calibration, prior float64, now time.Time) evidence {
	e := newEvidence(prior)
	if len(v.Embedding) != x.dim {
		return e
	}
	caller, gaps, at := c.side(v), c.gaps(), now.UnixNano()
	for i := range x.entries {
		if at < x.entries[i].expires {
			score := float64(dot.Product(v.Embedding, x.vector(i)))
			e.add(candidate{i, c.llr(score, &caller, &x.sides[i], gaps)})
		}
	}
	return e
}

// alike is the probability that two profiles are of one person, among n.
func (x *index) alike(a, b, n int, c *Calibration, gaps []gap) float64 {
	score := float64(dot.Product(x.vector(a), x.vector(b)))
	llr := c.llr(score, &x.sides[a], &x.sides[b], gaps)
	return sigmoid(llr + math.Log(twice/float64(n)))
}

// floor is the llr above the mean of strangers that a promise on them demands of n profiles.
type floor struct {
	share float64
	n     int
	llr   float64
}

// least returns the floor for n profiles. It is computed again only when their number or the promise has changed.
func (x *index) least(s *Strangers, share float64, n int) float64 {
	f := x.floor.Load()
	if f == nil || f.share != share || f.n != n {
		f = &floor{share, n, s.least(share, n)}
		x.floor.Store(f)
	}
	return f.llr
}
