package codec

import (
	"math"

	"timbre"
	"timbre/halfband"
)

// Halve resamples audio from 16 to 8 kHz with a half-band low-pass filter. Sample n of the result is aligned with sample 2n of pcm.
// Beyond its ends pcm counts as silence.
func Halve(pcm []int16) []int16 { return Resample(pcm, 2*timbre.SampleRate) }

// halved is the sample of the half-band filter that is aligned with pcm[at].
func halved(pcm []int16, at int) int16 {
	in := func(i int) float32 {
		if i < 0 || i >= len(pcm) {
			return 0
		}
		return float32(pcm[i])
	}
	sum := in(at) / 2
	for k, t := range halfband.Side {
		sum += t * (in(at-2*k-1) + in(at+2*k+1))
	}
	return int16(min(max(math.RoundToEven(float64(sum)), math.MinInt16), math.MaxInt16))
}
