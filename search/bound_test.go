package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"timbre"
	"timbre/search/dot"
)

// The bound is what makes the first pass safe: it must hold for each row, and be small enough to spare the others.
func TestSlackBoundsTheErrorOfQuantisedProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	for name, draw := range domains {
		for i := range 300 {
			v := randomVoice(r)
			w := draw(r, v, i)
			q, row := quantiseQuery(v), make([]int8, width(len(w)))
			scale, lost := quantise(w, row, make([]int16, len(w)))
			var sums [1]int32
			dot.Rows8(q.values, row, sums[:])
			approximate, exact := float64(sums[0])*float64(scale)*q.scale, 0.0
			for k := range v {
				exact += float64(v[k]) * float64(w[k])
			}
			slack := q.slack(longest(scale, len(w)), lost)
			if length := norm(w); length > longest(scale, len(w))*1.0001 {
				t.Errorf("%s: got a length of at most %v, want at least %v", name, longest(scale, len(w)), length)
			}
			if diff := math.Abs(approximate - exact); diff > slack {
				t.Errorf("%s: got %v for %v, want an error of at most %v", name, approximate, exact, slack)
			}
			if name == "strangers" && slack > 0.02 {
				t.Errorf("%s: got slack %v, want 0.02 at most", name, slack)
			}
		}
	}
}

// So must the doubt, which has what rounding adds on the way from a product to an llr.
func TestDoubtBoundsWhatARowWeighs(t *testing.T) {
	r, c := rand.New(rand.NewPCG(28, 1)), calibration(t)
	for name, draw := range domains {
		v := voiceprint(randomVoice(r))
		v.Condition = timbre.Condition{SNR: 12, Level: -30, Clipped: 0.02}
		x := newIndex(len(v.Embedding))
		for i := range blockRows {
			p := profile(fmt.Sprint(i), draw(r, v.Embedding, i))
			p.Voiceprint.Net, p.Voiceprint.Condition.SNR = time.Duration(r.IntN(40_000))*time.Millisecond, float32(r.IntN(50))
			x.put(p, &c)
		}
		q, b, s := newQuery(v, &c, 0.5), x.blocks[0], new(scratch)
		dot.Rows8(q.small.values, b.high, s.products[:])
		dot.Weigh(&q.weights, &b.columns, s.products[:], s.llrs[:], s.marks[:])
		for i, llr := range s.llrs {
			if diff, doubt := math.Abs(float64(llr)-q.llr(b, i)), q.doubt(b); diff > doubt {
				t.Errorf("%s: got %v for %v, want an error of at most %v", name, llr, q.llr(b, i), doubt)
			}
		}
	}
}
