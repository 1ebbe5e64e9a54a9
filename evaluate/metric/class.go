package metric

import (
	"cmp"
	"math"
	"slices"
)

// Classified is an item that was put in a class.
type Classified struct {
	Person int
	Truth  int       // its class, from 0
	Scores []float64 // of each class, with the sum 1; nil: it was refused, which counts as wrong
}

// Said is the class with the highest score; -1 if the item was refused.
func (c Classified) Said() int {
	best := -1
	for i, s := range c.Scores {
		if best < 0 || s > c.Scores[best] {
			best = i
		}
	}
	return best
}

// Confusion counts items by their class and by the class that was said; the last column counts those that were refused.
func Confusion(items []Classified, classes int) [][]int {
	counts := make([][]int, classes)
	for i := range counts {
		counts[i] = make([]int, classes+1)
	}
	for _, x := range items {
		said := x.Said()
		if said < 0 {
			said = classes
		}
		counts[x.Truth][said]++
	}
	return counts
}

// Classes are the figures of a classifier.
type Classes struct {
	UAR    Figure   `json:"unweightedAverageRecall"`
	Recall []Figure `json:"recall"` // of each class
	AUC    Figure   `json:"auc"`    // of one class against the rest; refused items have no score and no part in it
	ECE    Figure   `json:"expectedCalibrationError"`
}

// MeasureClasses computes the figures of a classifier, with intervals over people. AUC is of the class one.
func MeasureClasses(items []Classified, classes, one, people, draws int, seed uint64) (c Classes) {
	sorted := slices.Clone(items)
	sorted = slices.DeleteFunc(sorted, func(x Classified) bool { return x.Scores == nil })
	slices.SortStableFunc(sorted, func(a, b Classified) int { return cmp.Compare(a.Scores[one], b.Scores[one]) })
	values := func(w []float64) []float64 {
		recall := recalls(items, classes, w)
		return append([]float64{mean(recall), auc(sorted, one, w), confidenceError(sorted, w)}, recall...)
	}
	all, samples := values(nil), Bootstrap(people, draws, seed, values)
	c.UAR, c.AUC, c.ECE = Interval(all[0], samples, 0), Interval(all[1], samples, 1), Interval(all[2], samples, 2)
	for i := range classes {
		c.Recall = append(c.Recall, Interval(all[3+i], samples, 3+i))
	}
	return c
}

func weight(w []float64, person int) float64 {
	if w == nil {
		return 1
	}
	return w[person]
}

// recalls are the shares of each class that are said to be of it; NaN for a class without items.
func recalls(items []Classified, classes int, w []float64) []float64 {
	right, all := make([]float64, classes), make([]float64, classes)
	for _, x := range items {
		k := weight(w, x.Person)
		all[x.Truth] += k
		if x.Said() == x.Truth {
			right[x.Truth] += k
		}
	}
	for i := range right {
		right[i] /= all[i] // 0/0: NaN
	}
	return right
}

// mean is that of the values that are numbers.
func mean(values []float64) float64 {
	var sum, n float64
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	return sum / n
}

// auc is the probability that an item of a class has a higher score for it than one of another class, a tie counting half.
// The items are in the order of that score.
func auc(sorted []Classified, one int, w []float64) float64 {
	var area, below, in, out float64
	for i := 0; i < len(sorted); {
		score := sorted[i].Scores[one]
		var of, other float64
		for ; i < len(sorted) && sorted[i].Scores[one] == score; i++ {
			if k := weight(w, sorted[i].Person); sorted[i].Truth == one {
				of += k
			} else {
				other += k
			}
		}
		area += of * (below + other/2)
		below, in, out = below+other, in+of, out+other
	}
	return area / (in * out)
}

// confidenceError is the expected calibration error of the highest score: the mean difference between it and the share that is
// right, over ten ranges.
func confidenceError(items []Classified, w []float64) float64 {
	const n = 10
	var gap [n]float64
	var total float64
	for _, x := range items {
		said, k := x.Said(), weight(w, x.Person)
		p := x.Scores[said]
		at := min(n-1, int(p*n))
		gap[at] += k * p
		if said == x.Truth {
			gap[at] -= k
		}
		total += k
	}
	var sum float64
	for _, g := range gap {
		sum += math.Abs(g)
	}
	return sum / total
}

// Confidence is the reliability of the highest score, in n ranges. Empty ones are left out.
func Confidence(items []Classified, n int) []Bin {
	bins := make([]Bin, n)
	for _, x := range items {
		if x.Scores == nil {
			continue
		}
		said := x.Said()
		b := &bins[min(n-1, int(x.Scores[said]*float64(n)))]
		b.Said += x.Scores[said]
		if said == x.Truth {
			b.True++
		}
		b.Trials++
	}
	out := bins[:0]
	for i, b := range bins {
		if b.Trials == 0 {
			continue
		}
		b.Low, b.High = float64(i)/float64(n), float64(i+1)/float64(n)
		b.Said, b.True = b.Said/float64(b.Trials), b.True/float64(b.Trials)
		out = append(out, b)
	}
	return out
}
