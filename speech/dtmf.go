package speech

import (
	"math"
	"math/cmplx"
	"slices"

	"timbre"
)

// dtmfGate takes out the tones of keys: one of four low and one of four high frequencies at once, exactly, for two windows. The speech
// under and around a tone stays. Where telephone-events say that a key is pressed, all goes: a sender that turns tones into events lets the
// beginning of each through, too short to be found, yet long enough to be read. What is keyed may be the number of a card, so that this gate
// cannot be left out.
type dtmfGate struct {
	key     int // of the window before; 0: none
	pressed int // the key that is held; 0: none
	events  int // windows left in which the tone of a telephone-event may end
}

var (
	lowTones  = [4]float64{697, 770, 852, 941}
	highTones = [4]float64{1209, 1336, 1477, 1633}
)

const (
	minKey    = 0.3  // share of the power that is in the two tones
	minPart   = 0.15 // the same in a window at the edge of a tone
	maxTwist  = 10   // between the powers of the two tones
	leastRest = 0.01 // of the power of a window without the tones; less is no speech
	purity    = 4    // how much more power a tone has than the others of its group
	offTone   = 0.02 // how far the middle of a tone may be from its frequency
)

func (*dtmfGate) reason() timbre.Reason { return timbre.DropDTMF }

// How many windows before and after an event may have its tone.
const (
	eventLead = 3
	eventTail = 1
)

func (g *dtmfGate) judge(held []*window) {
	newest := len(held) - 1
	if held[newest].pressed {
		g.events = eventTail
		held[newest].silence()
	} else if g.events > 0 {
		g.events--
		held[newest].silence()
	}
	key := keyOf(&held[newest].spectrum)
	switch {
	case key != 0 && key == g.key: // the spectrum is of two windows, so the tone may have begun in the one before those two
		g.pressed = key
		for i := max(0, newest-2); i <= newest; i++ {
			held[i].dropTone(key)
		}
	case g.pressed != 0:
		held[newest].dropTone(g.pressed)
		g.pressed = 0
	}
	g.key = key
}

// silence drops a window in which the tone of a telephone-event may be.
func (w *window) silence() {
	clear(w.pcm)
	w.drop(timbre.DropDTMF)
}

// dropTone takes the tones of a key out of a window that has its part in them, and drops it if little is left.
func (w *window) dropTone(key int) {
	if w.keyed {
		return
	}
	low, high := lowTones[(key-1)/4], highTones[(key-1)%4]
	before := power(w.pcm)
	if goertzel(w.pcm, low)+goertzel(w.pcm, high) < minPart*before {
		return
	}
	w.keyed = true
	for part := range slices.Chunk(w.pcm, block) {
		mute(part, low, high)
	}
	if power(w.pcm) < leastRest*before {
		w.drop(timbre.DropDTMF)
	}
}

// mute subtracts the tones that fit samples best. Where they are so short, a tone that begins or ends within them, or is out of tune, is
// taken out nearly as well, and of a voice only what is that close to the tones.
func mute(pcm []int16, tones ...float64) {
	rest := make([]float64, len(pcm))
	for i, s := range pcm {
		rest[i] = float64(s)
	}
	for range 3 { // the tones are not quite orthogonal
		for _, f := range tones {
			turn := cmplx.Rect(1, 2*math.Pi*f/timbre.SampleRate)
			var fit complex128
			at := complex(1, 0)
			for _, x := range rest {
				fit += complex(x, 0) * at
				at *= turn
			}
			fit *= complex(2/float64(len(rest)), 0)
			at = 1
			for i := range rest {
				rest[i] -= real(fit)*real(at) + imag(fit)*imag(at)
				at *= turn
			}
		}
	}
	for i, x := range rest {
		pcm[i] = int16(math.Round(max(math.MinInt16, min(math.MaxInt16, x))))
	}
}

func power(pcm []int16) (sum float64) {
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum
}

// goertzel is the power of a window at a frequency.
func goertzel(pcm []int16, f float64) float64 {
	k := 2 * math.Cos(2*math.Pi*f/timbre.SampleRate)
	var s1, s2 float64
	for _, x := range pcm {
		s1, s2 = float64(x)+k*s1-s2, s1
	}
	return (s1*s1 + s2*s2 - k*s1*s2) * 2 / float64(len(pcm))
}

func (g *dtmfGate) restart() { *g = dtmfGate{} }

// keyOf is the number of the key, from 1, that is pressed; 0: none is.
func keyOf(s *spectrum) int {
	low, lowPower := loudestTone(s, &lowTones)
	high, highPower := loudestTone(s, &highTones)
	switch {
	case low < 0 || high < 0, lowPower > maxTwist*highPower, highPower > maxTwist*lowPower:
		return 0
	case lowPower+highPower < minKey*s.power(250, 3700):
		return 0
	}
	return 1 + 4*low + high
}

// loudestTone is the tone of a group that stands out, and its power; -1: none does.
func loudestTone(s *spectrum, tones *[4]float64) (best int, power float32) {
	var powers [4]float32
	for i, f := range tones {
		if powers[i] = s.power(f-30, f+30); powers[i] > powers[best] {
			best = i
		}
	}
	for i, p := range powers {
		if i != best && powers[best] < purity*p {
			return -1, 0
		}
	}
	f := tones[best]
	if m := s.middle(f-40, f+40); m < f*(1-offTone) || m > f*(1+offTone) {
		return -1, 0
	}
	return best, powers[best]
}
