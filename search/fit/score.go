package fit

import (
	"math"
	"slices"

	"timbre/search"
)

// fitScore fits the weights of the score and of the condition. The ranges, and what is usual, are those of the trials. The penalty
// is raised until the likelihood ratio grows with the score under every condition.
func fitScore(c *search.Calibration, trials []Trial) error {
	describe(c, trials)
	y := make([]bool, len(trials))
	for i, t := range trials {
		y[i] = t.Target()
	}
	for ridge := Ridge; ; ridge *= 10 {
		x, scale := design(c, trials)
		penalty := make([]float64, len(scale))
		for k := 2; k < len(penalty); k++ {
			penalty[k] = ridge
		}
		w, err := Logistic(x, y, penalty, Prior)
		if err != nil {
			return err
		}
		for k := range w {
			w[k] = round(w[k] / scale[k])
		}
		c.Bias, c.Score = w[0], w[1]
		for i, q := range c.Quantities() {
			q.Bias, q.Gap.Bias = w[2+2*i], w[3+2*i]
		}
		if err := c.CheckScore(); err == nil || ridge > 1 {
			return err
		}
	}
}

// describe sets the range of each quantity to where all but a fiftieth of the voiceprints at either end are, and its usual value to their mean.
func describe(c *search.Calibration, trials []Trial) {
	for i, q := range c.Quantities() {
		var all []float64
		for _, t := range trials {
			for _, v := range []search.Values{search.ValuesOf(t.Profile), search.ValuesOf(t.Caller)} {
				if v.Known[i] {
					all = append(all, v.X[i])
				}
			}
		}
		if len(all) == 0 {
			continue
		}
		slices.Sort(all)
		q.Min, q.Max = round(all[len(all)/50]), round(all[len(all)-1-len(all)/50])
		sum := 0.0
		for _, v := range all {
			sum += min(q.Max, max(q.Min, v))
		}
		q.Usual = min(q.Max, max(q.Min, round(sum/float64(len(all)))))
		var gaps []float64
		for _, t := range trials {
			if v, w, ok := both(q, i, t); ok {
				gaps = append(gaps, math.Abs(v-w))
			}
		}
		q.Gap.Usual = max(0, round(mean(gaps)))
	}
}

// both is a quantity on both sides of a trial, above its usual value: false if a side is unknown.
func both(q *search.Quantity, i int, t Trial) (v, w float64, known bool) {
	a, b := search.ValuesOf(t.Profile), search.ValuesOf(t.Caller)
	return q.Above(a.X[i]), q.Above(b.X[i]), a.Known[i] && b.Known[i]
}

// design is the columns of the regression: 1, the score, and for each quantity its sum and its gap. The weight of the score is left the
// same under every condition: fitted too, it told apart nobody who was not in the fit. All but the first are scaled to a mean square of
// 1, so that one penalty suits them; scale is by how much.
func design(c *search.Calibration, trials []Trial) (x [][]float64, scale []float64) {
	scale = make([]float64, 2+2*len(c.Quantities()))
	for _, t := range trials {
		row := append(make([]float64, 0, len(scale)), 1, t.Score)
		a, b := search.ValuesOf(t.Profile), search.ValuesOf(t.Caller)
		for i, q := range c.Quantities() {
			var sum, gap float64
			if a.Known[i] {
				sum += q.Above(a.X[i])
			}
			if b.Known[i] {
				sum += q.Above(b.X[i])
			}
			if a.Known[i] && b.Known[i] {
				gap = math.Abs(q.Above(a.X[i])-q.Above(b.X[i])) - q.Gap.Usual
			}
			row = append(row, sum, gap)
		}
		for k, v := range row {
			scale[k] += v * v / float64(len(trials))
		}
		x = append(x, row)
	}
	scale[0], scale[1] = 1, 1
	for k := range scale {
		if scale[k] = math.Sqrt(scale[k]); scale[k] == 0 {
			scale[k] = 1 // an unknown quantity: its weight is 0
		}
	}
	for _, row := range x {
		for k := range row {
			row[k] /= scale[k]
		}
	}
	return x, scale
}

func mean(all []float64) (sum float64) {
	for _, v := range all {
		sum += v / float64(len(all))
	}
	return sum
}

// round keeps what a reader of the document needs.
func round(x float64) float64 { return math.Round(x*1e5) / 1e5 }
