package fit

import (
	"math"
	"slices"

	"timbre/search"
)

// fitStrangers fits the distribution of the llr of callers with profiles of others.
func fitStrangers(c *search.Calibration, trials []Trial) (s search.Strangers) {
	var rows [][]float64
	var llrs []float64
	var callers []string
	for _, t := range trials {
		if t.Target() {
			continue
		}
		row := []float64{1}
		v := search.ValuesOf(t.Caller)
		for i, q := range c.Quantities() {
			x := 0.0
			if v.Known[i] {
				x = q.Above(v.X[i])
			}
			row = append(row, x)
		}
		rows, llrs, callers = append(rows, row), append(llrs, c.LLR(t.Score, t.Profile, t.Caller)), append(callers, t.Speaking)
	}
	w := leastSquares(rows, llrs, 1e-3)
	for i := range w {
		w[i] = round(w[i])
	}
	s.Mean, s.Speech, s.SNR, s.Level, s.Clipped = w[0], w[1], w[2], w[3], w[4]
	for i, row := range rows {
		llrs[i] -= dot(row, w)
	}
	var rest []float64
	s.Voice, rest = split(llrs, callers)
	s.Voice, s.Spread = round(s.Voice), max(1e-5, round(math.Sqrt(meanSquare(rest))))
	for i := range rest {
		rest[i] /= s.Spread
	}
	s.Tail = FitTail(rest)
	return s
}

// leastSquares is the regression of y on the columns of x, with a penalty for all but the first.
func leastSquares(x [][]float64, y []float64, ridge float64) []float64 {
	n := len(x[0])
	a, b := make([][]float64, n), make([]float64, n)
	for i := range n {
		a[i] = make([]float64, n)
		if i > 0 {
			a[i][i] = ridge * float64(len(x))
		}
	}
	for r, row := range x {
		for i, v := range row {
			b[i] += v * y[r]
			for j, u := range row {
				a[i][j] += v * u
			}
		}
	}
	w, ok := solve(a, b)
	if !ok {
		w = make([]float64, n)
		w[0] = mean(y)
	}
	return w
}

// split tells what is common to the values of a group from the rest: the standard deviation of the groups' true means, and the
// values less their group's mean.
func split(values []float64, groups []string) (between float64, rest []float64) {
	sum, n := map[string]float64{}, map[string]float64{}
	for i, g := range groups {
		sum[g] += values[i]
		n[g]++
	}
	for i, g := range groups {
		rest = append(rest, values[i]-sum[g]/n[g])
	}
	within := meanSquare(rest)
	var of, chance float64
	for g := range sum {
		of += sum[g] / n[g] * sum[g] / n[g] / float64(len(sum))
		chance += within / n[g] / float64(len(sum))
	}
	return math.Sqrt(max(0, of-chance)), rest
}

func meanSquare(all []float64) (sum float64) {
	for _, v := range all {
		sum += v * v / float64(len(all))
	}
	return sum
}

// FitTail fits a tail to values of mean 0 and mean square 1, by the moments of the twentieth that is greatest. A tail that ends sooner
// than that of a normal distribution is not believed, nor one without a variance.
func FitTail(values []float64) search.Tail {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	t := search.Tail{Share: 0.05}
	above := sorted[len(sorted)-max(2, len(sorted)/20):]
	t.From = max(0.5, above[0])
	var m, square float64
	for _, v := range above {
		m += (v - above[0]) / float64(len(above))
	}
	for _, v := range above {
		square += (v - above[0] - m) * (v - above[0] - m) / float64(len(above))
	}
	if m <= 0 || square <= 0 {
		t.Scale = 0.5
		return t
	}
	t.Shape = min(0.3, max(-0.1, (1-m*m/square)/2))
	t.Scale = m * (1 - t.Shape) // the mean of the distribution is Scale / (1 - Shape)
	t.From, t.Scale, t.Shape = round(t.From), max(1e-5, round(t.Scale)), round(t.Shape)
	return t
}
