package metric

import "math"

// Bin is a range of probabilities: what was said, and what was true.
type Bin struct {
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Said     float64 `json:"said"` // mean probability
	True     float64 `json:"true"` // share of targets, if targets and non-targets are equally many
	Trials   int     `json:"trials"`
	balanced float64 // share of all, if they are equally many
}

// Reliability sorts trials into n ranges of the probability that follows from the log-likelihood ratio at a prior of one half.
// Empty ranges are left out; nil without targets or without non-targets.
func (t Trials) Reliability(n int) []Bin {
	targets, others := t.scored()
	if targets == 0 || others == 0 {
		return nil
	}
	bins := make([]Bin, n)
	for _, x := range t.sorted {
		p := 1 / (1 + math.Exp(-x.Score))
		b := &bins[min(n-1, int(p*float64(n)))]
		w := 0.5 / others
		if x.Target {
			w = 0.5 / targets
			b.True += w
		}
		b.Said += w * p
		b.balanced += w
		b.Trials++
	}
	out := bins[:0]
	for i, b := range bins {
		if b.Trials == 0 {
			continue
		}
		b.Low, b.High = float64(i)/float64(n), float64(i+1)/float64(n)
		b.Said, b.True = b.Said/b.balanced, b.True/b.balanced
		out = append(out, b)
	}
	return out
}

// ECE is the expected calibration error: the mean difference between what was said and what was true.
func ECE(bins []Bin) float64 {
	var sum float64
	for _, b := range bins {
		sum += b.balanced * math.Abs(b.Said-b.True)
	}
	return sum
}

// Thin keeps about n of the operating points: those that a curve needs. Neither rate moves more than 1/n of its range on a
// normal deviate's scale between two that are kept.
func Thin(points []Point, n int) (kept []Point) {
	step := 2 * Deviate(1-1e-4) / float64(n)
	at := func(p Point) (x, y float64) { return Deviate(p.FAR), Deviate(p.FRR) }
	for i, p := range points {
		if i > 0 && i < len(points)-1 {
			x, y := at(p)
			lastX, lastY := at(kept[len(kept)-1])
			if math.Abs(x-lastX) < step && math.Abs(y-lastY) < step {
				continue
			}
		}
		kept = append(kept, p)
	}
	return kept
}

// Deviate is the normal deviate of a rate: the scale of a DET curve, on which normal scores give a straight line. Rates are limited
// to 0.01 % and 99.99 %.
func Deviate(rate float64) float64 {
	return math.Sqrt2 * math.Erfinv(2*min(1-1e-4, max(1e-4, rate))-1)
}

// Histogram counts scores of targets and non-targets in n ranges of equal width between two scores; those beyond count in the outer
// ranges.
func (t Trials) Histogram(n int, low, high float64) (targets, others []int) {
	targets, others = make([]int, n), make([]int, n)
	for _, x := range t.sorted {
		i := max(0, min(n-1, int(float64(n)*(x.Score-low)/(high-low))))
		if x.Target {
			targets[i]++
		} else {
			others[i]++
		}
	}
	return targets, others
}
