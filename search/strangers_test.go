package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"timbre"
)

// The promise, by simulation of strangers' calls.
func TestAtMostTheShareOfStrangersIsNamedAtAnyNumberOfProfiles(t *testing.T) {
	c := calibration(t)
	s := c.Strangers
	for _, n := range []int{1, 2, 10, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			const share, calls = 0.05, 4000
			rule := Rule{Threshold: 1e-300, Strangers: share}
			r := rand.New(rand.NewPCG(uint64(n), 1))
			named, llrs := 0, make([]float64, n)
			for range calls {
				voice := s.Voice * r.NormFloat64()
				for i := range llrs {
					llrs[i] = s.Mean + voice + s.Spread*s.Tail.Draw(r)
				}
				if c.Match(rule, timbre.Voiceprint{}, llrs) >= 0 {
					named++
				}
			}
			if got := float64(named) / calls; got > share+4*math.Sqrt(share/calls) || got < share/2 {
				t.Errorf("got %.2f %% of strangers named, want %.0f %%", 100*got, 100*share)
			}
		})
	}
}

func TestFloorRisesWithProfilesAndFallsWithTheShare(t *testing.T) {
	s := calibration(t).Strangers
	last := 0.0
	for n := 1; n <= 1_000_000; n *= 10 {
		got := s.least(0.01, n)
		if got <= last {
			t.Errorf("%d profiles: got a floor of %v after %v", n, got, last)
		}
		if lax := s.least(0.1, n); lax >= got {
			t.Errorf("%d profiles: got a floor of %v for a tenth of the calls and of %v for a hundredth", n, lax, got)
		}
		last = got
	}
}

// Callers who resemble everybody are named more often by one profile, but less by many than if each profile were a chance of its own.
func TestVoicesThatResembleEverybodyAreNoIndependentChances(t *testing.T) {
	one := Strangers{Spread: math.Sqrt2, Tail: Tail{From: 2, Share: 0.0228, Scale: 0.42}}
	shared := Strangers{Voice: 1, Spread: 1, Tail: one.Tail}
	if a, b := one.least(0.01, 1), shared.least(0.01, 1); math.Abs(a-b) > 0.3 {
		t.Errorf("one profile: got floors %v and %v, want them alike", a, b)
	}
	if a, b := one.least(0.01, 10_000), shared.least(0.01, 10_000); a <= b {
		t.Errorf("10,000 profiles: got floor %v with a common part, want less than %v", b, a)
	}
}

func TestTailIsADistribution(t *testing.T) {
	for _, shape := range []float64{-0.2, 0, 0.2} {
		tail := Tail{From: 1.6, Share: 0.05, Scale: 0.4, Shape: shape}
		last := 1.0
		for x := -6.0; x < 9; x += 0.01 {
			got := tail.Exceeds(x)
			if got > last+1e-12 || got < 0 || got > 1 || last-got > 0.02 {
				t.Fatalf("shape %v at %.2f: got %v after %v", shape, x, got, last)
			}
			last = got
		}
		const draws = 200_000
		r, beyond := rand.New(rand.NewPCG(9, 9)), 0
		for range draws {
			if tail.Draw(r) > 2 {
				beyond++
			}
		}
		if got, want := float64(beyond)/draws, tail.Exceeds(2); math.Abs(got-want) > 5*math.Sqrt(want/draws) {
			t.Errorf("shape %v: got %v of what was drawn beyond 2, want %v", shape, got, want)
		}
	}
}
