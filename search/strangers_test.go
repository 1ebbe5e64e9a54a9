package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// drawRest draws a rest from a tail by inverting its distribution.
func drawRest(r *rand.Rand, t Tail) float64 {
	if u := r.Float64(); u < t.Share {
		return t.From + t.Scale*math.Log(t.Share/u) // shape 0
	}
	for {
		if x := r.NormFloat64(); x < t.From {
			return x
		}
	}
}

// The promise, by simulation of strangers' calls.
func TestAtMostTheShareOfStrangersIsNamedAtAnyNumberOfProfiles(t *testing.T) {
	s := calibration(t).Strangers
	for _, n := range []int{1, 10, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			const share, calls = 0.05, 4000
			least := s.least(share, n)
			r := rand.New(rand.NewPCG(uint64(n), 1))
			named := 0
			for range calls {
				voice, best := s.Voice*r.NormFloat64(), math.Inf(-1)
				for range n {
					best = max(best, voice+s.Spread*drawRest(r, s.Tail))
				}
				if best >= least {
					named++
				}
			}
			if got := float64(named) / calls; math.Abs(got-share) > 4*math.Sqrt(share/calls) {
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
	}
}
