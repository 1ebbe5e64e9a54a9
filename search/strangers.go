package search

import (
	"math"
	"math/rand/v2"

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
		return timbre.Errorf(timbre.Invalid, "search.Calibration", "the distribution of strangers has no spread or no tail")
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

// Draw draws from the distribution.
func (t *Tail) Draw(r *rand.Rand) float64 {
	if u := r.Float64(); u < t.Share {
		if u = max(u, 1e-300) / t.Share; math.Abs(t.Shape) < 1e-9 {
			return t.From - t.Scale*math.Log(u)
		}
		return t.From + t.Scale*(math.Pow(u, -t.Shape)-1)/t.Shape
	}
	for {
		if x := r.NormFloat64(); x < t.From {
			return x
		}
	}
}

// normal is the cumulative standard normal distribution.
func normal(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// heed is how much of what the other profiles tell of a caller's common part moves the floor. All of it would keep the promise to each
// voice; but true callers whose voice resembles everybody's would hardly be named. Half keeps it over all calls, and most of them.
const heed = 0.5

// floor is the least llr of a match that keeps the promise to name at most a share of strangers. above is that for so many profiles,
// above the mean that callers like this one are expected to have.
func (c *Calibration) floor(caller *side, e *evidence, above float64) float64 {
	s := &c.Strangers
	mean := c.strangersMean(caller)
	if e.n > 1 {
		others := (e.total - e.peak) / float64(e.n-1)
		mean += heed * s.known(e.n) * (others + s.lacking(e.n) - mean)
	}
	return mean + above
}

// known is the share of the common part's variance that the mean llr with the others of n profiles tells.
func (s *Strangers) known(n int) float64 {
	return s.Voice * s.Voice / (s.Voice*s.Voice + s.Spread*s.Spread/float64(max(1, n-1)))
}

// lacking is by how much the mean without the best of n is expected to be too low (Blom's approximation of the best).
func (s *Strangers) lacking(n int) float64 {
	best := math.Sqrt2 * math.Erfinv(2*(float64(n)-0.375)/(float64(n)+0.25)-1)
	return s.Spread * best / float64(n-1)
}

// named is the share of strangers whose llr with the best of n profiles exceeds the expected mean by x or more.
func (s *Strangers) named(x float64, n int) float64 {
	voice := s.Voice
	if n > 1 {
		voice *= math.Sqrt(1 - s.known(n)*(1-(1-heed)*(1-heed)))
	}
	const reach, steps = 5, 40 // the common part in steps of a quarter of its standard deviation
	var share, weight float64
	for i := range steps + 1 {
		a := reach * (2*float64(i)/steps - 1)
		w := math.Exp(-a * a / 2)
		one := s.Tail.Exceeds((x - a*voice) / s.Spread)
		share += w * -math.Expm1(float64(n)*math.Log1p(-min(one, 1-1e-12)))
		weight += w
	}
	return share / weight
}

// least is the llr above the expected mean that at most a share of strangers reach with the best of n profiles.
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
