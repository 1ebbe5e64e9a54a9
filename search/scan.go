package search

import (
	"math"
	"runtime"
	"sync"

	"timbre"
	"timbre/search/dot"
)

// query is one voice that is compared with all profiles of an index.
type query struct {
	embedding timbre.Embedding
	prior     float64
	small     quantised
	by        *Calibration
	caller    side
	gaps      []gap
	weights   dot.Weights
	most      line // that any profile can have
	evidence  evidence
}

func newQuery(v timbre.Voiceprint, c *Calibration, prior float64) *query {
	q := &query{embedding: v.Embedding, prior: prior, small: quantiseQuery(v.Embedding), by: c, caller: c.side(v), gaps: c.gaps()}
	q.most, q.evidence = c.most(&q.caller), newEvidence(prior)
	q.weights = dot.Weights{Bias: float32(c.Bias + q.caller.bias), Slope: float32(c.Score + q.caller.score), Scale: float32(q.small.scale)}
	for i, of := range c.Quantities() {
		q.weights.Gaps[i] = dot.Gap{X: float32(q.caller.x[i]), Usual: float32(of.Gap.Usual), Bias: float32(of.Gap.Bias), Slope: float32(of.Gap.Score)}
	}
	return q
}

// llr is the exact one of a row.
func (q *query) llr(b *block, i int) float64 {
	row := b.side(i)
	return q.by.llr(b.product(q.embedding, i), &q.caller, &row, q.gaps)
}

// doubt is the most by which what a row of a block weighs differs from its llr: what the quantised product leaves out, and what is
// rounded off on the way.
func (q *query) doubt(b *block) float64 {
	const rounding, large = 2e-6, 1e30 // of two dozen operations on float32; what might exceed their range
	size := q.most.bias + q.most.slope*(q.small.length+q.small.lost)*(b.length+b.lost)
	if !(size < large) {
		return math.Inf(1)
	}
	return q.most.slope*q.small.slack(b.length, b.lost) + rounding*size
}

// blocksAWorker is how many blocks are worth a goroutine.
const blocksAWorker = 32

// scan compares the queries with every row. Each block is read once for all of them.
func (x *index) scan(queries ...*query) {
	if x == nil {
		return
	}
	n := max(1, min(runtime.GOMAXPROCS(0), len(x.blocks)/blocksAWorker))
	parts := make([][]pass, n)
	var workers sync.WaitGroup
	for i := range parts {
		workers.Go(func() { parts[i] = x.scanPart(queries, i*len(x.blocks)/n, (i+1)*len(x.blocks)/n) })
	}
	workers.Wait()
	for i, q := range queries {
		for _, part := range parts {
			q.evidence.merge(&part[i].evidence)
		}
	}
}

// scanPart compares the queries with the rows of some blocks.
func (x *index) scanPart(queries []*query, from, to int) []pass {
	all := make([]pass, len(queries))
	for i, q := range queries {
		all[i] = pass{query: q, best: make(top, 0, rivals), evidence: newEvidence(q.prior)}
	}
	var s scratch
	for at := from; at < to; at++ {
		for i := range all {
			all[i].scan(x, at, &s)
		}
	}
	for i := range all {
		all[i].settle(x)
	}
	return all
}
