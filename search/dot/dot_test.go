package dot

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestProductIsTheSumOfProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 300 {
		a, b := make([]float32, n), make([]float32, n)
		var want float64
		for i := range a {
			a[i], b[i] = float32(r.NormFloat64()), float32(r.NormFloat64())
			want += float64(a[i]) * float64(b[i])
		}
		if got := float64(Product(a, b)); math.Abs(got-want) > 1e-4 {
			t.Errorf("%d values: got %v, want %v", n, got, want)
		}
	}
}

func BenchmarkProduct(b *testing.B) {
	x, y := make([]float32, 256), make([]float32, 256)
	var sum float32
	for b.Loop() {
		sum += Product(x, y)
	}
	_ = sum
}
