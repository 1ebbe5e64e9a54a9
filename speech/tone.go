package speech

import (
	"math"

	"timbre"
)

// toneGate drops call progress tones of any country: ring-back, busy, dial and information tones are one or two lines that stand still.
// A voice never does for so long: of 65,000 stretches of a third of a second, the steadiest one in a thousand has a likeness of 0.915.
type toneGate struct {
	before [apart]spectrum // the spectra before the newest window, the oldest at turn
	turn   int
	steady int // windows
}

const (
	apart       = 4    // windows between spectra that are compared, so that they have no audio in common
	minLikeness = 0.93 // of both
	minLines    = 0.9  // share of the power that is in two lines
	minSteady   = 6    // windows: a tone of 320 ms
	lineBins    = 3    // on each side of a line
	firstBin    = 13   // 200 Hz
	lastBin     = 237  // 3,700 Hz
	minTone     = 0.01 // power: about -50 dBFS
)

func (*toneGate) reason() timbre.Reason { return timbre.DropTone }

func (g *toneGate) judge(held []*window) {
	newest := len(held) - 1
	s := &held[newest].spectrum
	if s.power(250, 3700) > minTone && likeness(s, &g.before[g.turn]) >= minLikeness && s.lines() >= minLines {
		g.steady++
	} else {
		g.steady = 0
	}
	g.before[g.turn] = *s
	g.turn = (g.turn + 1) % apart
	switch {
	case g.steady == minSteady:
		for i := max(0, newest-minSteady-apart); i <= newest; i++ {
			held[i].drop(timbre.DropTone)
		}
	case g.steady > minSteady:
		held[newest].drop(timbre.DropTone)
	}
}

func (g *toneGate) restart() { *g = toneGate{} }

// likeness is the cosine between the magnitudes of two spectra.
func likeness(a, b *spectrum) float64 {
	var ab, aa, bb float64
	for k := firstBin; k < lastBin; k++ {
		x, y := float64(a[k]), float64(b[k])
		ab += math.Sqrt(x * y)
		aa += x
		bb += y
	}
	return ab / math.Sqrt(aa*bb+1e-20)
}

// lines is the share of the power that is in the two strongest lines.
func (s *spectrum) lines() float64 {
	first, at := s.line(-1)
	second, _ := s.line(at)
	var all float32
	for _, p := range s[firstBin-lineBins : lastBin+lineBins] {
		all += p
	}
	return float64((first + second) / (all + 1e-9))
}

// line is the power of the strongest line that does not overlap with another one.
func (s *spectrum) line(other int) (power float32, at int) {
	at = -1
	for k := firstBin; k < lastBin; k++ {
		if (other < 0 || k-other > 2*lineBins || other-k > 2*lineBins) && (at < 0 || s[k] > s[at]) {
			at = k
		}
	}
	for _, p := range s[at-lineBins : at+lineBins+1] {
		power += p
	}
	return power, at
}
