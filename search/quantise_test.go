package search

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"timbre"
	"timbre/search/dot"
)

// vectorOf is that of a row.
func vectorOf(b *block, i int) timbre.Embedding {
	v := make(timbre.Embedding, b.dim)
	for k := range v {
		one := make(timbre.Embedding, b.dim)
		one[k] = 1
		v[k] = float32(b.product(one, i))
	}
	return v
}

// same says whether a vector is another one, quantised.
func same(quantised, v timbre.Embedding) bool {
	const bits = 23 // of a magnitude
	step := float64(dot.Peak(v)) / (1 << bits)
	return slices.EqualFunc(quantised, v, func(x, y float32) bool { return math.Abs(float64(x)-float64(y)) <= step })
}

// Both parts of a row together are as exact as float32 beside the greatest value.
func TestQuantisedRowsLoseNothingThatCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(26, 1))
	for name, draw := range domains {
		for i := range 100 {
			v := draw(r, randomVoice(r), i)
			b := newBlock(len(v))
			b.append(row{vector: v})
			if got := vectorOf(b, 0); !same(got, v) {
				t.Fatalf("%s: got %v, want %v", name, got, v)
			}
		}
	}
}

func TestQuantiseKeepsTheEndsOfItsRange(t *testing.T) {
	for name, v := range map[string][]float32{
		"both ends":             {1, -1, 0.5, -0.5, 0},
		"the largest numbers":   {math.MaxFloat32, -math.MaxFloat32},
		"the smallest":          {0x1p-119, -0x1p-119, 0x1p-125},
		"too small for a scale": {math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, 200 * math.SmallestNonzeroFloat32},
		"none":                  {},
	} {
		t.Run(name, func(t *testing.T) {
			high, low := make([]int8, width(len(v))+1), make([]int16, len(v))
			for i := range high {
				high[i] = 1
			}
			scale, lost := quantise(v, high, low)
			for i, x := range v {
				got := float64(scale) * (float64(high[i]) + float64(low[i])/lowSteps)
				if scale > 0 && math.Abs(got-float64(x)) > float64(dot.Peak(v))/(1<<23) || scale == 0 && (high[i] != 0 || low[i] != 0) {
					t.Errorf("got %v, want %v", got, x)
				}
				if math.Abs(float64(low[i]))*float64(scale)/lowSteps > lost*(1+1e-9) {
					t.Errorf("got a loss of %v, want at least that of %v", lost, x)
				}
			}
			if slices.ContainsFunc(high[len(v):], func(x int8) bool { return x != 0 }) {
				t.Errorf("got %v, want 0 beyond the values", high)
			}
		})
	}
}
