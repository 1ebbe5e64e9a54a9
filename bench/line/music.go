package line

import (
	"math"
	"math/rand/v2"
	"time"

	"timbre"
)

// Music makes music on hold: chords, a bass, a melody and a beat, of a key, tempo and timbre of its own, at a level in dBFS.
func Music(length time.Duration, level float64, r *rand.Rand) []float64 {
	x := make([]float64, timbre.Samples(length))
	beat := timbre.Samples(time.Duration(float64(time.Minute) / (80 + 60*r.Float64())))
	key, bright := 45+r.IntN(12), 0.4+0.4*r.Float64()
	chords := [][]int{{0, 4, 7}, {-3, 0, 4}, {5, 9, 12}, {7, 11, 14}}
	scale := []int{0, 2, 4, 7, 9, 12}
	for n := 0; n*beat < len(x); n++ {
		chord, at := chords[n/4%len(chords)], n*beat
		if n%4 == 0 {
			for _, step := range chord {
				note(x, at, 4*beat, key+12+step, 0.5, bright)
			}
		}
		note(x, at, beat, key+chord[0], 0.8, bright/2)
		for half := range 2 {
			if r.Float64() < 0.7 {
				note(x, at+half*beat/2, beat/2+r.IntN(beat), key+24+scale[r.IntN(len(scale))], 0.9, bright)
			}
		}
		drum(x, at+beat/2, r)
	}
	Scale(x, Gain(level)/RMS(x))
	return x
}

// note adds a plucked note: harmonics, each weaker by a factor, that fade.
func note(x []float64, from, length, pitch int, loud, bright float64) {
	hz := 440 * math.Pow(2, float64(pitch-69)/12)
	for i := range min(length, len(x)-from) {
		fade := math.Exp(-3 * float64(i) / float64(length))
		a := loud * min(1, float64(i)/80) * fade
		for h, f := 1, hz; f < 3800 && h <= 8; h, f = h+1, f+hz {
			x[from+i] += a * math.Sin(turn(f, i))
			a *= bright
		}
	}
}

func drum(x []float64, from int, r *rand.Rand) {
	for i := range min(400, max(0, len(x)-from)) {
		x[from+i] += 0.6 * math.Exp(-float64(i)/100) * r.NormFloat64()
	}
}
