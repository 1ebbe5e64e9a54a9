package codec

import (
	"math"

	"timbre/halfband"
)

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
		for k, t := range halfband.Side {
			sum += t * (at(2*n-2*k-1) + at(2*n+2*k+1))
		}
		out[n] = int16(min(max(math.RoundToEven(float64(sum)), math.MinInt16), math.MaxInt16))
	}
	return out
}
