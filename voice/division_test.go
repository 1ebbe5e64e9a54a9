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

func TestSegmentsOfTwoVoicesAreNoUnity(t *testing.T) {
	for _, noise := range []float64{0.3, 0.6, 0.8} { // on the line
		for seed := range uint64(50) {
			r := rand.New(rand.NewPCG(seed, 1))
			n := leastSegments + r.IntN(40)
			one, two := speaks(r, n, noise), alternating(r, n, noise)
			if u := unity(one, divide(one), touching); u < LeastUnity {
				t.Errorf("noise %v, seed %d: got unity %.2f of %d segments of one voice, want %.2f at least", noise, seed, u, n, LeastUnity)
			}
			if u := unity(two, divide(two), touching); u >= LeastUnity {
				t.Errorf("noise %v, seed %d: got unity %.2f of %d segments of two voices, want less than %.2f", noise, seed, u, n, LeastUnity)
			}
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

func TestEqualSegmentsAreAUnity(t *testing.T) {
	e := slices.Repeat(speaks(rand.New(rand.NewPCG(1, 1)), 1, 0), 9)
	if u := unity(e, divide(e), touching); u < 0.249 {
		t.Errorf("got unity %v, want that of cosines of 1: 0.25", u)
	}
}

func BenchmarkDivide(b *testing.B) {
	e := speaks(rand.New(rand.NewPCG(1, 1)), 59, 0.7)
	for b.Loop() {
		divide(e)
	}
}

// Where all segments say that two people speak, those that touch must not say that it is one, however alike the two are.
func TestTwoVoicesAreNeverClearlyOne(t *testing.T) {
	found := 0
	for _, alike := range []float32{0, 0.5, 1, 1.5} {
		for seed := range uint64(100) {
			r := rand.New(rand.NewPCG(seed, 2))
			n := leastSegments + r.IntN(20)
			seconds, common := alternating(r, n+1, 0.7), speaks(r, 1, 0)[0] // a segment has two seconds
			e := make([]timbre.Embedding, n)
			for i := range e {
				both := sum(seconds[i:i+2], func(int) bool { return true })
				for k := range both {
					both[k] += alike * common[k]
				}
				e[i], _ = normalize(both)
			}
			if u := unity(e, divide(e), touching); u < LeastUnity {
				if found++; Clear(e) {
					t.Errorf("alike %v, seed %d: got one voice by the segments that touch, and unity %.3f of all %d", alike, seed, u, n)
				}
			}
		}
	}
	if found < 200 {
		t.Errorf("got two voices in %d cases, want enough to say something", found)
	}
}
