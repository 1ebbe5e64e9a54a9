package dot

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// drawnRows draws weights and n rows, some of whose quantities are unknown.
func drawnRows(r *rand.Rand, n int) (w Weights, c Columns, products []int32) {
	number := func() float32 {
		if r.IntN(10) == 0 {
			return float32(math.NaN())
		}
		return float32(r.NormFloat64())
	}
	w = Weights{Bias: -3, Slope: 5, Scale: 1e-6, Least: float32(r.NormFloat64())}
	for i := range w.Gaps {
		w.Gaps[i] = Gap{number(), r.Float32(), float32(r.NormFloat64()), float32(r.NormFloat64())}
	}
	for k := range c {
		c[k] = make([]float32, n)
		for i := range c[k] {
			if c[k][i] = float32(r.NormFloat64()); k >= X {
				c[k][i] = number()
			}
		}
	}
	products = make([]int32, n)
	for i := range products {
		products[i] = int32(r.IntN(1<<22) - 1<<21)
	}
	return w, c, products
}

// weighed is the definition of Weigh for one row.
func weighed(w *Weights, c *Columns, product int32, i int) float64 {
	bias, slope := float64(w.Bias)+float64(c[Bias][i]), float64(w.Slope)+float64(c[Slope][i])
	for k, g := range w.Gaps {
		d := math.Abs(float64(g.X)-float64(c[X+k][i])) - float64(g.Usual)
		if !math.IsNaN(d) {
			bias, slope = bias+float64(g.Bias)*d, slope+float64(g.Slope)*d
		}
	}
	return bias + slope*float64(product)*float64(c[Scale][i])*float64(w.Scale)
}

func TestWeighWeighsEachRow(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	for n := range 70 {
		w, c, products := drawnRows(r, n)
		out, marks := make([]float32, n), make([]uint8, (n+7)/8)
		for i := range marks {
			marks[i] = 0xff // of the block before
		}
		sum := float64(Weigh(&w, &c, products, out, marks))
		var below float64
		for i := range out {
			if want := weighed(&w, &c, products[i], i); math.Abs(float64(out[i])-want) > 1e-4 {
				t.Errorf("row %d of %d: got %v, want %v", i, n, out[i], want)
			}
			if marked := marks[i/8]>>(i%8)&1 == 1; marked != (out[i] >= w.Least) {
				t.Errorf("row %d of %d: got %v marked %v, want all that are not below %v", i, n, out[i], marked, w.Least)
			} else if !marked {
				below += float64(out[i])
			}
		}
		if math.Abs(sum-below) > 1e-3 {
			t.Errorf("%d rows: got a sum of %v, want %v", n, sum, below)
		}
		if n%8 > 0 && marks[n/8]>>(n%8) != 0 {
			t.Errorf("%d rows: got marks %b beyond the last", n, marks[n/8])
		}
	}
}

// What is no number is marked, and adds nothing to the sum.
func TestWeighMarksWhatIsNoNumber(t *testing.T) {
	w, c, products := drawnRows(rand.New(rand.NewPCG(4, 2)), 16)
	w.Least = float32(math.Inf(1))
	c[Bias][3], c[Bias][9] = float32(math.NaN()), float32(math.Inf(1))
	for name, do := range implementations() {
		out, marks := make([]float32, 16), make([]uint8, 2)
		if sum := do.weigh(&w, &c, products, out, marks); marks[0] != 1<<3 || marks[1] != 1<<1 || math.IsNaN(float64(sum)) {
			t.Errorf("%s: got marks %b and a sum of %v, want rows 3 and 9 marked, and a number", name, marks, sum)
		}
	}
}

func TestEveryImplementationWeighsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 3))
	for _, n := range []int{8, 16, 1024} {
		w, c, products := drawnRows(r, n)
		want, marked := make([]float32, n), make([]uint8, n/8)
		sum := weighPortable(&w, &c, products, want, marked)
		for name, do := range implementations() {
			out, marks := make([]float32, n), make([]uint8, n/8)
			got := do.weigh(&w, &c, products, out, marks)
			if !slices.Equal(out, want) || !slices.Equal(marks, marked) || math.Abs(float64(got-sum)) > 1e-5*float64(n) {
				t.Errorf("%s, %d rows: got other weights than the portable one, or a sum of %v for %v", name, n, got, sum)
			}
		}
	}
}

func BenchmarkWeigh(b *testing.B) {
	const n = 1024
	w, c, products := drawnRows(rand.New(rand.NewPCG(4, 4)), n)
	w.Least = float32(math.Inf(1))
	out, marks := make([]float32, n), make([]uint8, n/8)
	for name, do := range implementations() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do.weigh(&w, &c, products, out, marks)
			}
		})
	}
}
