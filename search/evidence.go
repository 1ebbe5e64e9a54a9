package search

import (
	"cmp"
	"math"
	"slices"
)

const (
	// rivals is how many of the best candidates are compared with one another, to tell two profiles of one person from two people.
	rivals = 64
	// reach is how far below the llr that nobody counts with for each profile a candidate still counts. The exponentials of those
	// further below, which are most, are not worth their time: together they are less than 0.3 % of what nobody counts.
	reach = 6
	// twice is the share of people whom a domain is expected to have two profiles of.
	twice = 0.05
)

// candidate is a profile with its log-likelihood ratio.
type candidate struct {
	at  int // in the index
	llr float64
	id  string
}

// better orders by llr, the best first, and equals by their id, so that the order of the index does not matter.
func better(a, b candidate) int { return cmp.Or(cmp.Compare(b.llr, a.llr), cmp.Compare(a.id, b.id)) }

// evidence is what a scan of n profiles keeps: the best of them, and the sum of all likelihood ratios that matter.
type evidence struct {
	n      int
	nobody float64     // the llr that nobody counts with for each profile
	best   []candidate // at most rivals, best first
	peak   float64     // the greatest llr
	sum    float64     // of the likelihood ratios, each divided by that of the peak
	total  float64     // of the llrs
}

func newEvidence(prior float64) evidence {
	return evidence{nobody: -logit(prior), best: make([]candidate, 0, rivals+1), peak: math.Inf(-1)}
}

func (e *evidence) add(k candidate) {
	if math.IsNaN(k.llr) {
		return
	}
	e.n++
	e.total += k.llr
	if k.llr > e.peak {
		e.sum *= math.Exp(e.peak - k.llr)
		e.peak = k.llr
	}
	if k.llr > e.nobody-reach {
		e.sum += math.Exp(k.llr - e.peak)
	}
	if len(e.best) == rivals && better(k, e.best[rivals-1]) > 0 {
		return
	}
	at, _ := slices.BinarySearchFunc(e.best, k, better)
	if e.best = slices.Insert(e.best, at, k); len(e.best) > rivals {
		e.best = e.best[:rivals]
	}
}

// pass counts n profiles that neither are among the best nor count in the sum, for whose llrs an approximation will do: the mean of many
// hardly feels its error.
func (e *evidence) pass(n int, sum float64) {
	e.n += n
	e.total += sum
}

// merge adds that of other profiles.
func (e *evidence) merge(o *evidence) {
	e.n, e.total = e.n+o.n, e.total+o.total
	if len(o.best) == 0 {
		return
	}
	peak := max(e.peak, o.peak)
	e.sum, e.peak = e.sum*math.Exp(e.peak-peak)+o.sum*math.Exp(o.peak-peak), peak
	e.best = append(e.best, o.best...)
	slices.SortFunc(e.best, better)
	e.best = e.best[:min(rivals, len(e.best))]
}

// against is the logarithm of what speaks against candidate i of the best, on the scale of an llr: all others, and nobody at all.
// Others count less the likelier they are profiles of the same person.
func (e *evidence) against(i int, alike func(a, b int) float64) float64 {
	beyond, rest := e.sum, 0.0
	for j, k := range e.best {
		if k.llr <= e.nobody-reach {
			break
		}
		w := math.Exp(k.llr - e.peak)
		beyond -= w
		if j != i {
			rest += w * (1 - alike(e.best[i].at, k.at))
		}
	}
	return e.peak + math.Log(rest+max(0, beyond)+float64(e.n)*math.Exp(e.nobody-e.peak))
}
