package codec

import "math"

// The half-band filter of Halve: 59 taps, flat to 3.4 kHz, at least 65 dB down from 4.6 kHz. Every other tap of a half-band
// filter is zero, but for the middle one, which is a half; side holds the others from the middle outwards, and the filter
// is symmetric.
var side = halfBand(reachOut)

// halfBand makes n taps of a half-band low-pass by the window method: sinc times a Kaiser window.
func halfBand(n int) []float32 {
	taps, sum := make([]float64, n), 0.0
	for i := range taps {
		at := float64(2*i + 1)
		taps[i] = math.Sin(math.Pi*at/2) / (math.Pi * at) * kaiser(at/float64(2*n))
		sum += 2 * taps[i]
	}
	out := make([]float32, n)
	for i, t := range taps {
		out[i] = float32(t * 0.5 / sum) // the gain at 0 Hz is one, exactly
	}
	return out
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

// Halve resamples audio from 16 to 8 kHz with a half-band low-pass filter. Sample n of the result is aligned with sample 2n of pcm.
// Beyond its ends pcm counts as silence.
func Halve(pcm []int16) []int16 {
	out := make([]int16, (len(pcm)+1)/2)
	at := func(i int) float32 {
		if i < 0 || i >= len(pcm) {
			return 0
		}
		return float32(pcm[i])
	}
	for n := range out {
		sum := at(2*n) / 2
		for k, t := range side {
			sum += t * (at(2*n-2*k-1) + at(2*n+2*k+1))
		}
		out[n] = int16(min(max(math.RoundToEven(float64(sum)), math.MinInt16), math.MaxInt16))
	}
	return out
}
