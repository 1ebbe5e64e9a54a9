package line

import (
	"math"
	"math/rand/v2"
	"time"

	"timbre"
)

// RingBack is the tone that a caller hears while the other telephone rings.
type RingBack struct {
	Country string
	Hz      []float64
	Beat    float64         // Hz at which the tone is modulated; 0: it is steady
	Cadence []time.Duration // sound, silence, and so on
}

// RingBacks are those of several countries (ITU-T E.180, Supplement 2).
var RingBacks = []RingBack{
	{"North America", []float64{440, 480}, 0, []time.Duration{2 * time.Second, 4 * time.Second}},
	{"United Kingdom", []float64{400, 450}, 0, []time.Duration{400e6, 200e6, 400e6, 2000e6}},
	{"Germany", []float64{425}, 0, []time.Duration{1 * time.Second, 4 * time.Second}},
	{"France", []float64{440}, 0, []time.Duration{1500e6, 3500e6}},
	{"Japan", []float64{400}, 16, []time.Duration{1 * time.Second, 2 * time.Second}},
	{"Australia", []float64{425}, 25, []time.Duration{400e6, 200e6, 400e6, 2000e6}},
}

// Ring makes ring-back of a length and a level in dBFS while it sounds.
func (t RingBack) Ring(length time.Duration, level float64) []float64 {
	x := make([]float64, timbre.Samples(length))
	period := time.Duration(0)
	for _, d := range t.Cadence {
		period += d
	}
	amplitude := Gain(level) * math.Sqrt2 / math.Sqrt(float64(len(t.Hz)))
	for i := range x {
		at := timbre.Duration(i)
		if !sounds(t.Cadence, at%period) {
			continue
		}
		v := amplitude
		if t.Beat != 0 {
			v *= (1 + math.Sin(turn(t.Beat, i))) / 2
		}
		for _, hz := range t.Hz {
			x[i] += v * math.Sin(turn(hz, i))
		}
	}
	return x
}

func sounds(cadence []time.Duration, at time.Duration) bool {
	for i, d := range cadence {
		if at < d {
			return i%2 == 0
		}
		at -= d
	}
	return false
}

// turn is the phase of a frequency at a sample.
func turn(hz float64, i int) float64 { return 2 * math.Pi * hz * float64(i) / timbre.SampleRate }

var (
	dtmfRows    = []float64{697, 770, 852, 941}
	dtmfColumns = []float64{1209, 1336, 1477}
)

// Keys adds the tones of random keys to x: 150 ms each, after pauses of 0.2 to 0.6 s, at a level in dBFS.
func Keys(x []float64, level float64, r *rand.Rand) {
	length := timbre.Samples(150 * time.Millisecond)
	for at := 0; ; at += length {
		at += timbre.SampleRate/5 + r.IntN(timbre.SampleRate*2/5)
		if at+length > len(x) {
			return
		}
		low, high := dtmfRows[r.IntN(len(dtmfRows))], dtmfColumns[r.IntN(len(dtmfColumns))]
		for i := range length {
			x[at+i] += Gain(level) * (math.Sin(turn(low, i)) + math.Sin(turn(high, i)))
		}
	}
}
