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

func TestSegmentsOfTwoVoicesAreLessAlike(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 6 + r.IntN(40)
		one, two := speaks(r, n, 0.6), alternating(r, n, 0.6)
		if l := likeness(one); l < LeastLikeness {
			t.Errorf("seed %d: got likeness %.2f of %d segments of one voice, want %.2f at least", seed, l, n, LeastLikeness)
		}
		if l := likeness(two); l >= LeastLikeness {
			t.Errorf("seed %d: got likeness %.2f of %d segments of two voices, want less than %.2f", seed, l, n, LeastLikeness)
		}
	}
}

// alternating returns segments of two voices that take turns of three segments.
func alternating(r *rand.Rand, n int, noise float64) (e []timbre.Embedding) {
	first, second := speaks(r, n, noise), speaks(r, n, noise)
	for i := range first {
		if i/3%2 == 1 {
			first[i] = second[i]
		}
	}
	return first
}

func TestEqualSegmentsAreAlike(t *testing.T) {
	e := speaks(rand.New(rand.NewPCG(1, 1)), 1, 0)
	if l := likeness(slices.Repeat(e, 9)); l < 0.999 {
		t.Errorf("got likeness %v, want 1", l)
	}
}

func BenchmarkDivide(b *testing.B) {
	e := speaks(rand.New(rand.NewPCG(1, 1)), 59, 0.7)
	for b.Loop() {
		divide(e)
	}
}
