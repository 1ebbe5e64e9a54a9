package speech

import (
	"math"
	"math/bits"
)

// word is a window of a fingerprint: a bit for each pair of neighbouring bands, which says whether the difference of their levels
// grows. Level, colour and noise of a line change few bits; another voice, or the same one again, changes half of them.
type word uint32

const (
	wordBits = 16
	audible  = word(1) << 31 // the window is loud enough for its bits to mean something
	overTime = 2             // windows: the difference is compared with that of so many before
)

// printer makes the words of a leg.
type printer struct {
	levels [overTime + 1][wordBits + 1]float32 // of the last windows, in dB, the newest first
	peak   float32
}

// printEdges are the bins at which the bands of a word begin and end.
var printEdges = func() (edges [wordBits + 2]int) {
	for i := range edges {
		edges[i] = int(math.Round(300 * math.Pow(3400.0/300, float64(i)/(wordBits+1)) / binWidth))
	}
	return edges
}()

// floorPower is added to the power of a band: less than that is silence.
const (
	floorPower = 1e-4
	voicePower = 1 // of the loudest band of a voice on an ordinary line
)

func (p *printer) next(s *spectrum) (w word) {
	copy(p.levels[1:], p.levels[:])
	var loudest float32
	for b := range p.levels[0] {
		power := float32(floorPower)
		for _, x := range s[printEdges[b]:printEdges[b+1]] {
			power += x
		}
		loudest = max(loudest, power)
		p.levels[0][b] = float32(math.Log(float64(power)))
	}
	for b := range wordBits {
		now, then := p.levels[0], p.levels[overTime]
		if now[b]-now[b+1] > then[b]-then[b+1] {
			w |= 1 << b
		}
	}
	if p.peak = max(loudest, p.peak*0.99, voicePower/20); loudest > p.peak/100 {
		w |= audible
	}
	return w
}

// compare counts the bits of the words that are audible in both, and those that differ.
func compare(a, b []word) (all, errors int) {
	for i, x := range a {
		if y := b[i]; x&y&audible != 0 {
			all += wordBits
			errors += bits.OnesCount32(uint32(x ^ y))
		}
	}
	return all, errors
}
