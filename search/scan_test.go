package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"timbre"
)

// reference is a candidate as it should be, to within the rounding of float32.
type reference struct {
	candidate
	rounding float64
}

// exactly compares v with every profile, without an index: the reference of a scan.
func exactly(v timbre.Voiceprint, all []timbre.Profile, c *Calibration) (llrs []reference) {
	caller := c.side(v)
	for _, p := range all {
		other := c.side(p.Voiceprint)
		llr := c.llr(cosine(v, p.Voiceprint), &caller, &other, c.gaps())
		llrs = append(llrs, reference{candidate{llr: llr, id: p.ID}, 1e-5 * max(1, math.Abs(llr), norm(p.Voiceprint.Embedding))})
	}
	slices.SortFunc(llrs, func(a, b reference) int { return better(a.candidate, b.candidate) })
	return llrs
}

// domains that a first pass with rounded values might get wrong.
var domains = map[string]func(r *rand.Rand, v timbre.Embedding, i int) timbre.Embedding{
	"strangers": func(r *rand.Rand, _ timbre.Embedding, _ int) timbre.Embedding { return randomVoice(r) },
	"all near":  func(r *rand.Rand, v timbre.Embedding, _ int) timbre.Embedding { return near(r, v, 0.5+0.4*r.Float64()) },
	"nearer and nearer": func(r *rand.Rand, v timbre.Embedding, i int) timbre.Embedding {
		return near(r, v, 0.6+float64(i)*1e-5)
	},
	"further and further": func(r *rand.Rand, v timbre.Embedding, i int) timbre.Embedding {
		return near(r, v, 0.9-float64(i)*1e-5)
	},
	"apart by less than a step": func(r *rand.Rand, v timbre.Embedding, i int) timbre.Embedding {
		e := slices.Clone(v)
		e[i%len(e)] += float32(1e-6 * r.NormFloat64())
		return e
	},
	"ties": func(_ *rand.Rand, v timbre.Embedding, _ int) timbre.Embedding { return slices.Clone(v) },
	"one great value": func(r *rand.Rand, v timbre.Embedding, i int) timbre.Embedding { // nearly all others are rounded to 0
		e := near(r, v, 0.9)
		e[i%len(e)] = 20
		return e
	},
	"of other lengths": func(r *rand.Rand, v timbre.Embedding, _ int) timbre.Embedding {
		e, by := near(r, v, 0.9*r.Float64()), float32(math.Exp(6*r.NormFloat64()))
		for i := range e {
			e[i] *= by
		}
		return e
	},
	"nothing": func(_ *rand.Rand, v timbre.Embedding, _ int) timbre.Embedding { return make(timbre.Embedding, len(v)) },
}

// A scan by quantised vectors finds what a comparison with every vector finds: recall 1.000, with the same llr for each of the best.
func TestAScanFindsTheBestExactly(t *testing.T) {
	c := calibration(t)
	for name, draw := range domains {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(21, 1))
			for _, n := range []int{1, rivals, rivals + 1, 700, 3*blockRows + 1} {
				v := voiceprint(randomVoice(r))
				x, all := newIndex(len(v.Embedding)), []timbre.Profile{}
				for i := range n {
					p := profile(fmt.Sprintf("%05d", (i*7919)%n), draw(r, v.Embedding, i))
					p.Voiceprint.Net = time.Duration(1+r.IntN(40_000)) * time.Millisecond
					if p.Voiceprint.Condition.SNR = float32(r.IntN(50)); name == "ties" {
						p.Voiceprint = v
					}
					x.put(p, &c)
					all = append(all, p)
				}
				q := newQuery(v, &c, 0.5)
				x.scan(q)
				want := exactly(v, all, &c)
				compareEvidence(t, fmt.Sprintf("%d profiles", n), &q.evidence, want)
			}
		})
	}
}

func norm(v timbre.Embedding) float64 {
	return math.Sqrt(cosine(timbre.Voiceprint{Embedding: v}, timbre.Voiceprint{Embedding: v}))
}

func compareEvidence(t *testing.T, name string, got *evidence, want []reference) {
	t.Helper()
	if got.n != len(want) || len(got.best) != min(rivals, len(want)) {
		t.Fatalf("%s: got %d profiles and the best %d, want %d", name, got.n, len(got.best), len(want))
	}
	sum, total := 0.0, 0.0
	for i, k := range want {
		total += k.llr
		if k.llr > got.nobody-reach {
			sum += math.Exp(k.llr - want[0].llr)
		}
		if i < len(got.best) {
			if is := got.best[i]; math.Abs(is.llr-k.llr) > k.rounding || is.id != k.id && is.llr == want[i].llr {
				t.Errorf("%s, rank %d: got %v, want %v", name, i, is, k)
			}
		}
	}
	if math.Abs(got.sum-sum) > 1e-4*sum {
		t.Errorf("%s: got a sum of %v, want %v", name, got.sum, sum)
	}
	spread := 0.0
	for _, k := range want {
		spread = max(spread, math.Abs(k.llr))
	}
	if math.Abs(got.total-total) > 2e-3*spread*float64(len(want)) {
		t.Errorf("%s: got a mean of %v, want %v", name, got.total/float64(got.n), total/float64(len(want)))
	}
}

// What exceeds the range of a first pass is compared exactly.
func TestVectorsOfAnyLengthAreFound(t *testing.T) {
	r, c := rand.New(rand.NewPCG(29, 1)), calibration(t)
	for _, length := range []float32{1e-30, 1e-20, 1e10, 1e20} {
		long := func(e timbre.Embedding) timbre.Embedding {
			for i := range e {
				e[i] *= length
			}
			return e
		}
		v := voiceprint(long(randomVoice(r)))
		x, all := newIndex(len(v.Embedding)), []timbre.Profile{}
		for i := range 2 * blockRows {
			p := profile(fmt.Sprint(i), long(randomVoice(r)))
			x.put(p, &c)
			all = append(all, p)
		}
		q := newQuery(v, &c, 0.5)
		x.scan(q)
		compareEvidence(t, fmt.Sprintf("length %g", length), &q.evidence, exactly(v, all, &c))
	}
}

// Workers that share a scan find what one finds.
func TestWorkersFindWhatOneFinds(t *testing.T) {
	const n, dim = 2*blocksAWorker*blockRows + 7, 12
	r, c := rand.New(rand.NewPCG(25, 1)), calibration(t)
	draw := func() timbre.Voiceprint {
		v := voiceprint(make(timbre.Embedding, dim))
		for i := range v.Embedding {
			v.Embedding[i] = float32(r.NormFloat64() / 4)
		}
		return v
	}
	v, x, all := draw(), newIndex(dim), []timbre.Profile{}
	for i := range n {
		p := profile(fmt.Sprint(i), draw().Embedding)
		x.put(p, &c)
		all = append(all, p)
	}
	want := exactly(v, all, &c)
	for _, workers := range []int{1, 2, 64} {
		t.Run(fmt.Sprint(workers), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
			q := newQuery(v, &c, 0.5)
			x.scan(q)
			compareEvidence(t, fmt.Sprintf("%d profiles", n), &q.evidence, want)
		})
	}
}
