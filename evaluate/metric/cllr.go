package metric

import "math"

// Cllr is the cost of the log-likelihood ratios in bits: 0 for certain and right ones, 1 for those that say nothing. A refused trial
// says nothing. NaN without targets or without non-targets.
func (t Trials) Cllr() float64 { return t.cllr(nil) }

func (t Trials) cllr(w weights) float64 {
	targets, others := t.totals(w)
	if targets == 0 || others == 0 {
		return math.NaN()
	}
	var cost float64
	for _, x := range t.sorted {
		if x.Target {
			cost += w.of(x) / targets * bits(x.Score)
		} else {
			cost += w.of(x) / others * bits(-x.Score)
		}
	}
	return (cost + t.silence(w, targets, others)) / 2
}

// MinCllr is the Cllr after the best monotone map of the scores, which the pool-adjacent-violators algorithm finds: what is lost
// because voices are alike, without what is lost because probabilities are wrong.
func (t Trials) MinCllr() float64 { return t.minCllr(nil, nil) }

func (t Trials) minCllr(w weights, room []block) float64 {
	targets, others := t.totals(w)
	if targets == 0 || others == 0 {
		return math.NaN()
	}
	var cost float64
	for _, b := range t.pool(w, targets, others, room) {
		llr := math.Log(b.targets / b.others)
		if b.targets > 0 {
			cost += b.targets * bits(llr)
		}
		if b.others > 0 {
			cost += b.others * bits(-llr)
		}
	}
	return (cost + t.silence(w, targets, others)) / 2
}

// block is a run of scores that the best monotone map gives one value; shares of all targets and of all non-targets.
type block struct{ targets, others float64 }

func (b block) before(next block) bool { return b.targets*next.others < next.targets*b.others }

// pool groups the scores into blocks in which the ratio of targets to non-targets increases.
func (t Trials) pool(w weights, targets, others float64, blocks []block) []block {
	blocks = blocks[:0]
	for i := 0; i < len(t.sorted); {
		var b block
		for score := t.sorted[i].Score; i < len(t.sorted) && t.sorted[i].Score == score; i++ {
			if x := t.sorted[i]; x.Target {
				b.targets += w.of(x) / targets
			} else {
				b.others += w.of(x) / others
			}
		}
		if b == (block{}) {
			continue
		}
		for n := len(blocks); n > 0 && !blocks[n-1].before(b); n = len(blocks) {
			b.targets, b.others = b.targets+blocks[n-1].targets, b.others+blocks[n-1].others
			blocks = blocks[:n-1]
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// silence is the cost of the refused trials: one bit each.
func (t Trials) silence(w weights, targets, others float64) (cost float64) {
	for _, x := range t.refused {
		if x.Target {
			cost += w.of(x) / targets
		} else {
			cost += w.of(x) / others
		}
	}
	return cost
}

// bits is log2(1 + exp(-llr)), without overflow.
func bits(llr float64) float64 {
	if llr < 0 {
		return (math.Log1p(math.Exp(llr)) - llr) / math.Ln2
	}
	return math.Log1p(math.Exp(-llr)) / math.Ln2
}
