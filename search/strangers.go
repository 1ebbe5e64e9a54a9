package search

import (
	"math"

	"timbre"
)

// Strangers is the distribution of the llr of a caller who is not enrolled: what a promise on strangers needs far beyond the number
// of profiles that were measured. The llr with a profile is the sum of a mean that depends on the condition of the call, a part that
// is common to all profiles (some voices resemble everybody's), and a rest that differs from profile to profile.
type Strangers struct {
	Mean   float64 `json:"mean"`
	Voice  float64 `json:"voice"`  // standard deviation of the common part, which is normal
	Spread float64 `json:"spread"` // standard deviation of the rest
	Tail   Tail    `json:"tail"`   // of the rest, in units of Spread

	// What each unit above the usual value on the caller's side adds to the mean.
	Speech  float64 `json:"speech"`
	SNR     float64 `json:"snr"`
	Level   float64 `json:"level"`
	Clipped float64 `json:"clipped"`
}

// Tail is a distribution that is normal up to From and a generalised Pareto distribution above, which Share of it exceeds.
type Tail struct {
	From  float64 `json:"from"`
	Share float64 `json:"share"`
	Scale float64 `json:"scale"`
	Shape float64 `json:"shape"` // 0: exponential; above: heavier; below: with an end
}

func (s *Strangers) check() error {
	t := s.Tail
	if !(s.Voice >= 0 && s.Spread > 0 && t.Scale > 0 && t.Share > 0 && t.Share < 0.5 && t.From > 0 && t.Shape < 1) {
		return timbre.Errorf(timbre.Internal, "search.Calibration", "the distribution of strangers has no spread or no tail")
	}
	return nil
}

// mean is that of the llr of a stranger who calls under a condition.
func (c *Calibration) strangersMean(caller *side) float64 {
	s := &c.Strangers
	mean := s.Mean
	for i, slope := range [quantities]float64{s.Speech, s.SNR, s.Level, s.Clipped} {
		if x := caller.x[i]; x == x {
			mean += slope * x
		}
	}
	return mean
}

// Exceeds is the share of the rest above x, in units of Spread.
func (t *Tail) Exceeds(x float64) float64 {
	if x < t.From {
		return 1 - (1-t.Share)*normal(x)/normal(t.From)
	}
	above := (x - t.From) / t.Scale
	if math.Abs(t.Shape) < 1e-9 {
		return t.Share * math.Exp(-above)
	}
	return t.Share * math.Pow(max(0, 1+t.Shape*above), -1/t.Shape)
}

// normal is the cumulative standard normal distribution.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// Floor is the least llr of a match for a caller that keeps the promise to name at most a share of strangers with n profiles.
func (c *Calibration) Floor(caller timbre.Voiceprint, share float64, n int) float64 {
	s := c.side(caller)
	return c.strangersMean(&s) + c.Strangers.least(share, n)
}

// named is the share of strangers whose llr with the best of n profiles exceeds the mean by x or more.
func (s *Strangers) named(x float64, n int) float64 {
	const reach, steps = 5, 40 // the common part in steps of a quarter of its standard deviation
	var share, weight float64
	for i := range steps + 1 {
		a := reach * (2*float64(i)/steps - 1)
		w := math.Exp(-a * a / 2)
		one := s.Tail.Exceeds((x - a*s.Voice) / s.Spread)
		share += w * -math.Expm1(float64(n)*math.Log1p(-min(one, 1-1e-12)))
		weight += w
	}
	return share / weight
}

// least is the llr above the mean that at most a share of strangers reach with the best of n profiles.
func (s *Strangers) least(share float64, n int) float64 {
	low, high := 0.0, s.Spread+s.Voice
	if s.named(low, n) <= share {
		return low
	}
	for s.named(high, n) > share && high < 1e6 {
		low, high = high, 2*high
	}
	for high-low > 1e-4 {
		if middle := (low + high) / 2; s.named(middle, n) > share {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
