package metric

import "math"

// Point is what a threshold does: trials at or above it are accepted.
type Point struct {
	Threshold float64
	FRR, FAR  float64 // share of targets that are rejected, and of non-targets that are accepted
}

// Points are the operating points of all thresholds, the lowest first, and the last above every score. Nil without targets or
// without non-targets.
func (t Trials) Points() []Point { return t.points(nil, nil) }

func (t Trials) points(w weights, dst []Point) []Point {
	targets, others := t.totals(w)
	if targets == 0 || others == 0 {
		return nil
	}
	var missed float64
	accepted := others
	for _, x := range t.refused {
		if x.Target {
			missed += w.of(x)
		} else {
			accepted -= w.of(x)
		}
	}
	dst = dst[:0]
	for i := 0; i < len(t.sorted); {
		score := t.sorted[i].Score
		dst = append(dst, Point{score, missed / targets, accepted / others})
		for ; i < len(t.sorted) && t.sorted[i].Score == score; i++ {
			if x := t.sorted[i]; x.Target {
				missed += w.of(x)
			} else {
				accepted -= w.of(x)
			}
		}
	}
	return append(dst, Point{math.Inf(1), 1, 0})
}

// EER is the equal error rate: where false rejections become more than false acceptances, interpolated between the two thresholds
// on either side. NaN without points.
func EER(points []Point) float64 {
	for i, p := range points {
		gap := p.FRR - p.FAR
		if gap < 0 {
			continue
		}
		if i == 0 {
			return (p.FRR + p.FAR) / 2
		}
		before := points[i-1]
		share := (before.FAR - before.FRR) / (before.FAR - before.FRR + gap)
		return before.FRR + share*(p.FRR-before.FRR)
	}
	return math.NaN()
}

// FRRAt is the least false rejection rate of the thresholds that accept at most far of the non-targets. NaN without points.
func FRRAt(points []Point, far float64) float64 {
	for _, p := range points {
		if p.FAR <= far {
			return p.FRR
		}
	}
	return math.NaN()
}

// TargetPrior is the share of targets that MinDCF assumes. A miss and a false acceptance both cost 1.
const TargetPrior = 0.01

// MinDCF is the least detection cost of all thresholds at a share of targets p, both errors costing 1, divided by the cost of
// accepting or rejecting everything. NaN without points.
func MinDCF(points []Point, p float64) float64 {
	least := math.NaN()
	for _, x := range points {
		if cost := (p*x.FRR + (1-p)*x.FAR) / min(p, 1-p); !(cost >= least) {
			least = cost
		}
	}
	return least
}
