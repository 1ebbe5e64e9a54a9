package fit

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestLogisticFindsTheWeightsThatMadeTheData(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	want := []float64{-0.7, 2, -1}
	var x [][]float64
	var y []bool
	ones := 0.0
	for range 40_000 {
		row := []float64{1, r.NormFloat64(), r.Float64()}
		is := r.Float64() < 1/(1+math.Exp(-dot(row, want)))
		if is {
			ones++
		}
		x, y = append(x, row), append(y, is)
	}
	w, err := Logistic(x, y, make([]float64, 3), 0.5)
	if err != nil {
		t.Fatal(err)
	}
	prior := math.Log(ones / (40_000 - ones)) // both classes count the same
	for i, v := range []float64{want[0] - prior, want[1], want[2]} {
		if math.Abs(w[i]-v) > 0.1 {
			t.Errorf("weight %d: got %.3f, want %.3f", i, w[i], v)
		}
	}
	shrunk, err := Logistic(x, y, []float64{0, 1, 1}, 0.5)
	if err != nil || math.Abs(shrunk[1]) > math.Abs(w[1])/2 {
		t.Errorf("got weights %v with a penalty and %v without, %v", shrunk, w, err)
	}
}

func TestLogisticRefusesWhatHasNoAnswer(t *testing.T) {
	separable := [][]float64{{1, -1}, {1, -2}, {1, 1}, {1, 2}}
	for name, x := range map[string][][]float64{"no errors": separable, "equal columns": {{1, 1}, {1, 1}, {1, 1}, {1, 1}}} {
		if w, err := Logistic(x, []bool{false, false, true, true}, []float64{0, 0}, 0.5); err == nil {
			t.Errorf("%s: got %v, want an error", name, w)
		}
	}
	if w, err := Logistic(separable, make([]bool, 4), []float64{0, 0}, 0.5); err == nil {
		t.Errorf("one class: got %v, want an error", w)
	}
	if _, err := Logistic(separable, []bool{false, false, true, true}, []float64{0, 0.01}, 0.5); err != nil {
		t.Errorf("no errors but a penalty: got %v", err)
	}
}

func TestSolve(t *testing.T) {
	x, ok := solve([][]float64{{4, 2}, {2, 3}}, []float64{2, -1})
	if !ok || math.Abs(x[0]-1) > 1e-12 || math.Abs(x[1]+1) > 1e-12 {
		t.Errorf("got %v, want 1 and -1", x)
	}
	if x, ok := solve([][]float64{{1, 1}, {1, 1}}, []float64{1, 1}); ok {
		t.Errorf("singular: got %v", x)
	}
}

func TestTailOfKnownDistributions(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	const n = 200_000
	for name, k := range map[string]struct {
		draw         func() float64
		shape, at, p float64
	}{
		"exponential": {func() float64 { return r.ExpFloat64() - 1 }, 0, 8, math.Exp(-9)},
		"normal":      {r.NormFloat64, -0.1, 4, 3.17e-5},
	} {
		var all []float64
		for range n {
			all = append(all, k.draw())
		}
		tail := FitTail(all)
		if math.Abs(tail.Shape-k.shape) > 0.05 {
			t.Errorf("%s: got %+v, want shape %v", name, tail, k.shape)
		}
		if got := tail.Exceeds(k.at); got < k.p/2 || got > 2*k.p {
			t.Errorf("%s: got %.2g beyond %v, want %.2g", name, got, k.at, k.p)
		}
	}
}

func TestSplitTellsTheCommonPartFromTheRest(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	var values []float64
	var groups []string
	for g := range 400 {
		common := 2 * r.NormFloat64()
		for range 20 {
			values, groups = append(values, common+3*r.NormFloat64()), append(groups, string(rune('a'+g)))
		}
	}
	between, rest := split(values, groups)
	if math.Abs(between-2) > 0.2 || math.Abs(math.Sqrt(meanSquare(rest))-3) > 0.15 {
		t.Errorf("got %.2f between and %.2f within, want 2 and 3", between, math.Sqrt(meanSquare(rest)))
	}
}
