package tone

import (
	"math"
	"math/rand/v2"
	"testing"

	"timbre"
)

// near says whether two tones agree to 1e-4.
func near(a, b timbre.Tone) bool {
	return math.Abs(a.Positive-b.Positive)+math.Abs(a.Neutral-b.Neutral)+math.Abs(a.Negative-b.Negative) < 1e-4
}

func TestOddsAndToneAreInverse(t *testing.T) {
	for _, want := range []timbre.Tone{{Positive: 0.1, Neutral: 0.7, Negative: 0.2}, {Positive: 0.5, Neutral: 0, Negative: 0.5}, {Positive: 0.01, Neutral: 0.01, Negative: 0.98}} {
		if got := oddsOf(want).tone(); !near(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestToneOfAnyOddsSumsToOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		o := Odds{30 * r.NormFloat64(), 30 * r.NormFloat64()}
		got := o.tone()
		if sum := got.Positive + got.Neutral + got.Negative; math.Abs(sum-1) > 1e-9 || min(got.Positive, got.Neutral, got.Negative) < 0 {
			t.Errorf("got %+v of %+v, want scores of at least 0 that add up to 1", got, o)
		}
	}
}

func TestCertainToneHasFiniteOdds(t *testing.T) {
	if got := oddsOf(timbre.Tone{Positive: 1}); got != (Odds{rarest, -rarest}) {
		t.Errorf("got %+v, want ±%d", got, rarest)
	}
}
