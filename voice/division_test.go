package voice

import (
	"math/rand/v2"
	"slices"
	"testing"

	"timbre"
)

// speaks returns segments of one voice: a direction, and noise of a length around it.
func speaks(r *rand.Rand, n int, noise float64) (e []timbre.Embedding) {
	const dim = 192
	direction := func() []float32 {
		v := make([]float32, dim)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		unit, _ := normalize(v)
		return unit
	}
	voice := direction()
	for range n {
		v, off := slices.Clone(voice), direction()
		for i := range v {
			v[i] += float32(noise) * off[i]
		}
		unit, _ := normalize(v)
		e = append(e, unit)
	}
	return e
}

func TestTwoVoicesAreDivided(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 0))
		larger, smaller := 3+r.IntN(20), 2+r.IntN(2)
		e := slices.Concat(speaks(r, larger, 0.7), speaks(r, smaller, 0.7))
		order := r.Perm(len(e))
		shuffled := make([]timbre.Embedding, len(e))
		for to, from := range order {
			shuffled[to] = e[from]
		}
		d := divide(shuffled)
		if !d.two() {
			t.Errorf("seed %d: got one voice with gain %.3f, want two of %d and %d segments", seed, d.gain, larger, smaller)
		}
		for to, from := range order {
			if d.second[to] != (from >= larger) {
				t.Errorf("seed %d: got segment %d in the wrong group of %d and %d", seed, from, larger, smaller)
			}
			if d.lean[to] <= 0 {
				t.Errorf("seed %d: got lean %v to its own group, want above 0", seed, d.lean[to])
			}
		}
	}
}

func TestOneVoiceIsNotDivided(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		if d := divide(speaks(r, 9+r.IntN(50), 0.6)); d.two() {
			t.Errorf("seed %d: got two voices with gain %.3f, want one", seed, d.gain)
		}
	}
}

func TestEqualSegmentsAreOneVoice(t *testing.T) {
	e := speaks(rand.New(rand.NewPCG(1, 1)), 1, 0)
	if d := divide(slices.Repeat(e, 9)); d.two() || d.gain > 1e-6 {
		t.Errorf("got gain %v, want none", d.gain)
	}
}

func BenchmarkDivide(b *testing.B) {
	e := speaks(rand.New(rand.NewPCG(1, 1)), 59, 0.7)
	for b.Loop() {
		divide(e)
	}
}
