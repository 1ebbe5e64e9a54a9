// Package halfband is the filter between audio at 8 and at 16 kHz: 59 taps, flat to 3.4 kHz, at least 65 dB down from 4.6 kHz. Who
// halves the rate and who doubles it share it, so that both keep the same telephone band.
package halfband

import "math"

// Reach is how far the filter reaches on either side, in samples at 8 kHz.
const Reach = 15

// kaiserBeta is the shape of the filter's window.
const kaiserBeta = 6.8

// Side holds the taps of one side from the middle outwards; the filter is symmetric. Every other tap of a half-band filter is zero,
// but for the middle one, which is a half: Side leaves them out. The gain at 0 Hz is one, exactly. Read-only.
var Side = taps()

// taps designs the low-pass by the window method: sinc times a Kaiser window.
func taps() []float32 {
	all, sum := make([]float64, Reach), 0.0
	for i := range all {
		at := float64(2*i + 1)
		all[i] = math.Sin(math.Pi*at/2) / (math.Pi * at) * Kaiser(at/float64(2*Reach))
		sum += 2 * all[i]
	}
	out := make([]float32, Reach)
	for i, t := range all {
		out[i] = float32(t * 0.5 / sum)
	}
	return out
}

// Kaiser is the window of the filter, for x in [-1, 1].
func Kaiser(x float64) float64 {
	return bessel(kaiserBeta*math.Sqrt(max(0, 1-x*x))) / bessel(kaiserBeta)
}

// bessel is the modified Bessel function of the first kind, of order zero, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// Double resamples audio from 8 to 16 kHz. Sample 2n of the result is sample n of pcm. Beyond its ends pcm counts as silence.
func Double(pcm []float32) []float32 {
	out := make([]float32, 2*len(pcm))
	at := func(i int) float32 {
		if i < 0 || i >= len(pcm) {
			return 0
		}
		return pcm[i]
	}
	for n, x := range pcm {
		out[2*n] = x
		var sum float32
		for k, t := range Side {
			sum += t * (at(n-k) + at(n+1+k))
		}
		out[2*n+1] = 2 * sum
	}
	return out
}
