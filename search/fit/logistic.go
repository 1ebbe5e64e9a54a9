package fit

import (
	"math"

	"timbre"
)

// Logistic returns the weights of the logistic regression of y on the columns of x, by Newton's method. Both classes count the same,
// however many rows they have. penalty is the weight of the square of each column's weight. Unprocessable: it does not converge,
// as when the columns tell the classes apart without an error and there is no penalty.
func Logistic(x [][]float64, y []bool, penalty []float64, prior float64) ([]float64, error) {
	const op = "fit.Logistic"
	share := classShares(y, prior)
	if share[0] == 0 || share[1] == 0 {
		return nil, timbre.Errorf(timbre.Unprocessable, op, "there is one class only")
	}
	w := make([]float64, len(penalty))
	for range 100 {
		slope, curve := gradient(x, y, share, w, penalty)
		step, ok := solve(curve, slope)
		if !ok {
			return nil, timbre.Errorf(timbre.Unprocessable, op, "the columns depend on one another")
		}
		// A step back where the loss would grow: Newton's method may overshoot far from the least.
		before, size := loss(x, y, share, w, penalty), 1.0
		for ; size > 1e-6; size /= 2 {
			if next := loss(x, y, share, stepped(w, step, size), penalty); next <= before {
				break
			}
		}
		w = stepped(w, step, size)
		if largest(step)*size < 1e-8 {
			w[0] -= math.Log(prior / (1 - prior))
			return w, nil
		}
	}
	return nil, timbre.Errorf(timbre.Unprocessable, op, "the regression does not converge")
}

// classShares is the weight of a row of each class: half of the total for each.
func classShares(y []bool, prior float64) (share [2]float64) {
	for _, is := range y {
		share[index(is)]++
	}
	weight := [2]float64{1 - prior, prior}
	for i, n := range share {
		if n > 0 {
			share[i] = weight[i] / n
		}
	}
	return share
}

func index(is bool) int {
	if is {
		return 1
	}
	return 0
}

func gradient(x [][]float64, y []bool, share [2]float64, w, penalty []float64) (slope []float64, curve [][]float64) {
	slope, curve = make([]float64, len(w)), make([][]float64, len(w))
	for i := range w {
		curve[i] = make([]float64, len(w))
		curve[i][i] = 2 * penalty[i]
		slope[i] = 2 * penalty[i] * w[i]
	}
	for r, row := range x {
		p := 1 / (1 + math.Exp(-dot(row, w)))
		k := index(y[r])
		off, bend := share[k]*(p-float64(k)), share[k]*p*(1-p)
		for i, v := range row {
			slope[i] += off * v
			for j := 0; j <= i; j++ {
				curve[i][j] += bend * v * row[j]
			}
		}
	}
	for i := range curve {
		for j := range i {
			curve[j][i] = curve[i][j]
		}
	}
	return slope, curve
}

// loss is the penalised mean of -ln of the probability of the right class.
func loss(x [][]float64, y []bool, share [2]float64, w, penalty []float64) (sum float64) {
	for r, row := range x {
		z := dot(row, w)
		if y[r] {
			z = -z
		}
		sum += share[index(y[r])] * softplus(z)
	}
	for i, v := range w {
		sum += penalty[i] * v * v
	}
	return sum
}

// softplus is ln(1 + eᶻ).
func softplus(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func stepped(w, step []float64, size float64) []float64 {
	next := make([]float64, len(w))
	for i := range w {
		next[i] = w[i] - size*step[i]
	}
	return next
}

func largest(v []float64) (most float64) {
	for _, x := range v {
		most = max(most, math.Abs(x))
	}
	return most
}

// solve returns the x of a·x = b for a symmetric positive definite a, by Cholesky's method: false if a is not.
func solve(a [][]float64, b []float64) ([]float64, bool) {
	n := len(b)
	l := make([][]float64, n)
	for i := range n {
		l[i] = make([]float64, n)
		for j := range i {
			l[i][j] = (a[i][j] - dot(l[i][:j], l[j][:j])) / l[j][j]
		}
		rest := a[i][i] - dot(l[i][:i], l[i][:i])
		if !(rest > 1e-14) {
			return nil, false
		}
		l[i][i] = math.Sqrt(rest)
	}
	x := make([]float64, n)
	for i := range n {
		x[i] = (b[i] - dot(l[i][:i], x[:i])) / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for j := i + 1; j < n; j++ {
			x[i] -= l[j][i] * x[j]
		}
		x[i] /= l[i][i]
	}
	return x, true
}
