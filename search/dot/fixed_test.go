package dot

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawnFixed draws a query and a vector in two parts, and returns their product and the sum of the magnitudes in it.
func drawnFixed(r *rand.Rand, n int) (q []float32, high []int8, low []int16, want, size float64) {
	q, high, low = make([]float32, n), make([]int8, n), make([]int16, n)
	for i := range q {
		q[i], high[i], low[i] = float32(r.NormFloat64()), int8(r.IntN(255)-127), int16(r.IntN(1<<16)-1<<15)
		term := float64(q[i]) * (float64(high[i])*65536 + float64(low[i]))
		want, size = want+term, size+math.Abs(term)
	}
	return q, high, low, want, size
}

func TestFixedIsTheSumOfProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for n := range 300 {
		q, high, low, want, size := drawnFixed(r, n)
		if got := float64(Fixed(q, high, low)); math.Abs(got-want) > 1e-5*size {
			t.Errorf("%d values: got %v, want %v", n, got, want)
		}
		for name, do := range implementations() {
			whole := n / fixedStep * fixedStep
			got, want := do.fixed(q[:whole], high, low), fixedPortable(q[:whole], high, low)
			if math.Abs(float64(got-want)) > 1e-5*size {
				t.Errorf("%s, %d values: got %v, want %v", name, whole, got, want)
			}
		}
	}
}

func TestFixedReadsBothPartsExactly(t *testing.T) {
	for _, c := range []struct {
		high int8
		low  int16
		want float32
	}{{127, 32767, 127*65536 + 32767}, {-127, -32768, -127*65536 - 32768}, {1, -1, 65535}, {0, -1, -1}, {-1, 1, -65535}} {
		for name, do := range implementations() {
			for i := range fixedStep {
				q, high, low := make([]float32, fixedStep), make([]int8, fixedStep), make([]int16, fixedStep)
				q[i], high[i], low[i] = 1, c.high, c.low
				if got := do.fixed(q, high, low); got != c.want {
					t.Errorf("%s, value %d: got %v, want %v", name, i, got, c.want)
				}
			}
		}
	}
}

func BenchmarkFixed(b *testing.B) {
	q, high, low, _, _ := drawnFixed(rand.New(rand.NewPCG(3, 2)), 192)
	for name, do := range implementations() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do.fixed(q, high, low)
			}
		})
	}
}
