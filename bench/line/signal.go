package line

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"timbre"
	"timbre/rtp/codec"
)

// Seed makes the randomness of a speaker's line the same in every run.
func Seed(parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
	}
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// PCM is x in 16 bits; what exceeds the range is clipped.
func PCM(x []float64) []int16 {
	pcm := make([]int16, len(x))
	for i, v := range x {
		pcm[i] = int16(math.Round(32768 * max(-0.999, min(0.999, v))))
	}
	return pcm
}

// Wave is the opposite of PCM.
func Wave(pcm []int16) []float64 {
	x := make([]float64, len(pcm))
	for i, s := range pcm {
		x[i] = float64(s) / 32768
	}
	return x
}

// MuLaw sends audio through G.711.
func MuLaw(pcm []int16) []int16 { return codec.ULaw.Decode(nil, codec.ULaw.Encode(nil, pcm)) }

// Gain is the factor of a level.
func Gain(dB float64) float64 { return math.Pow(10, dB/20) }

// Level is the level of a factor in dB.
func Level(gain float64) float64 { return 20 * math.Log10(gain) }

// RMS is the root mean square of x, above 0.
func RMS(x []float64) float64 {
	var sum float64
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum/float64(len(x))) + 1e-9
}

// Loudness is the RMS level outside pauses.
func Loudness(x []float64) float64 {
	var sum, n float64
	for _, v := range x {
		if v != 0 {
			sum += v * v
			n++
		}
	}
	return math.Sqrt(sum/max(n, 1)) + 1e-9
}

// Scale multiplies x.
func Scale(x []float64, by float64) {
	for i := range x {
		x[i] *= by
	}
}

// Coloured fills x with noise through a first-order filter: from deep to bright, as the pole falls.
func Coloured(x []float64, r *rand.Rand) {
	pole, last := -0.3+1.2*r.Float64(), 0.0
	for i := range x {
		last = r.NormFloat64() + pole*last
		x[i] = last
	}
}

// Bandpass keeps 300 to 3,400 Hz: two second-order Butterworth sections at either end.
func Bandpass(x []float64) {
	for range 2 {
		filter(x, 300, true)
		filter(x, 3400, false)
	}
}

// filter is a second-order Butterworth section by the bilinear transform.
func filter(x []float64, corner float64, high bool) {
	k := math.Tan(math.Pi * corner / timbre.SampleRate)
	norm := 1 / (1 + math.Sqrt2*k + k*k)
	b0, b1 := k*k*norm, 2*k*k*norm
	if high {
		b0, b1 = norm, -2*norm
	}
	a1, a2 := 2*(k*k-1)*norm, (1-math.Sqrt2*k+k*k)*norm
	var x1, x2, y1, y2 float64
	for i, v := range x {
		y := b0*v + b1*x1 + b0*x2 - a1*y1 - a2*y2
		x1, x2, y1, y2 = v, x1, y, y1
		x[i] = y
	}
}
