package dot

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestPeakIsTheGreatestMagnitude(t *testing.T) {
	inf := float32(math.Inf(-1))
	for name, c := range map[string]struct {
		v    []float32
		want float32
	}{
		"none":             {nil, 0},
		"below 0":          {[]float32{1, -3, 2}, 3},
		"the first of 20":  {append([]float32{-7}, make([]float32, 19)...), 7},
		"the last of 20":   {append(make([]float32, 19), -7), 7},
		"within the first": {append([]float32{0, 0, 0, 0, 0, 7}, make([]float32, 10)...), 7},
		"infinite":         {append(make([]float32, 16), inf, 1), -inf},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Peak(c.v); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if got := Peak([]float32{1, float32(math.NaN()), float32(math.Inf(1))}); got == got {
		t.Errorf("got %v of what is no number, want none", got)
	}
}

func TestEveryImplementationQuantisesTheSame(t *testing.T) {
	const greatest = 1<<23 - 1<<15 - 2
	r := rand.New(rand.NewPCG(5, 1))
	for n := 0; n <= 256; n += quantiseStep {
		v, steps := make([]float32, n), math.Exp(5*r.NormFloat64())
		for i := range v {
			switch v[i] = float32((2*r.Float64() - 1) * greatest / steps); i % 5 {
			case 1:
				v[i] = float32(math.Trunc(greatest/steps) * float64(1-2*r.IntN(2)))
			case 2:
				v[i] = float32((float64(r.IntN(9)) - 4.5) / steps) // between two steps
			}
		}
		want, rest := make([]int8, n), make([]int16, n)
		squares := quantisePortable(v, steps, want, rest)
		for name, do := range implementations() {
			high, low := make([]int8, n), make([]int16, n)
			got := do.split(v, steps, high, low)
			if !slices.Equal(high, want) || !slices.Equal(low, rest) || math.Abs(float64(got-squares)) > 1e-5*float64(squares) {
				t.Errorf("%s, %d values: got other parts than the portable one, or a sum of %v for %v", name, n, got, squares)
			}
			if peak := do.peak(v); peak != peakPortable(v) {
				t.Errorf("%s, %d values: got a peak of %x, want %x", name, n, peak, peakPortable(v))
			}
		}
	}
}

// Both parts together are the nearest number of steps, for each length and value.
func TestQuantiseRoundsToTheNearestStep(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 2))
	for n := range 40 {
		v, high, low := make([]float32, n), make([]int8, n), make([]int16, n)
		for i := range v {
			v[i] = float32(127 * (2*r.Float64() - 1))
		}
		var want float64
		squares := Quantise(v, 1<<LowBits, high, low)
		for i, x := range v {
			got := float64(high[i]) + float64(low[i])/(1<<LowBits)
			if math.Abs(got-float64(x)) > 0.5/(1<<LowBits) {
				t.Errorf("value %d of %d: got %v, want %v", i, n, got, x)
			}
			want += float64(low[i]) * float64(low[i])
		}
		if math.Abs(float64(squares)-want) > 1e-5*want {
			t.Errorf("%d values: got squares of %v, want %v", n, squares, want)
		}
	}
}

func BenchmarkQuantise(b *testing.B) {
	v, high, low := make([]float32, 192), make([]int8, 192), make([]int16, 192)
	for name, do := range implementations() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				do.split(v, 1, high, low)
			}
		})
	}
}
