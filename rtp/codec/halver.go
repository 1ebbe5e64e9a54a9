package codec

import (
	"math"

	"timbre/halfband"
)

// halver is Halve for audio in pieces. Its output is delayed by the 28 samples at 16 kHz that the filter looks ahead: 1.75 ms.
type halver struct {
	audio []float32 // the last reach samples so far, then the next piece; in [-1, 1)
}

// reach is how many samples the filter looks back.
const reach = 58

// input is the buffer for the next n samples.
func (h *halver) input(n int) []float32 {
	if h.audio == nil {
		h.audio = make([]float32, reach, reach+n)
	}
	for len(h.audio) < reach+n {
		h.audio = append(h.audio, 0)
	}
	h.audio = h.audio[:reach+n]
	return h.audio[reach:]
}

// halve appends the piece in the input buffer, of an even length, at 8 kHz.
func (h *halver) halve(dst []int16) []int16 {
	for past := h.audio; len(past) > reach; past = past[2:] {
		w := past[:reach+2]
		sum := w[30] / 2
		for k, t := range halfband.Side {
			sum += t * (w[29-2*k] + w[31+2*k])
		}
		dst = append(dst, int16(min(max(math.RoundToEven(float64(sum)*32768), math.MinInt16), math.MaxInt16)))
	}
	copy(h.audio[:reach], h.audio[len(h.audio)-reach:])
	h.audio = h.audio[:reach]
	return dst
}

// reset forgets the audio so far.
func (h *halver) reset() { clear(h.audio) }
