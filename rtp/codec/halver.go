package codec

import "math"

// halver is Halve for audio that comes in pieces. What comes out is late by the 28 samples at 16 kHz that the filter must see
// of what follows: 1.75 ms.
type halver struct {
	audio []float32 // the last reach samples of what was heard, then the next piece; in [-1, 1)
}

// reach is how many samples before a pair of them the filter looks at.
const reach = 58

// room is where the next n samples are to be put.
func (h *halver) room(n int) []float32 {
	if h.audio == nil {
		h.audio = make([]float32, reach, reach+n)
	}
	for len(h.audio) < reach+n {
		h.audio = append(h.audio, 0)
	}
	h.audio = h.audio[:reach+n]
	return h.audio[reach:]
}

// halve appends what the piece in room, of an even length, sounds like at 8 kHz.
func (h *halver) halve(dst []int16) []int16 {
	for past := h.audio; len(past) > reach; past = past[2:] {
		w := past[:reach+2]
		sum := w[30] / 2
		for k, t := range side {
			sum += t * (w[29-2*k] + w[31+2*k])
		}
		dst = append(dst, int16(min(max(math.RoundToEven(float64(sum)*32768), math.MinInt16), math.MaxInt16)))
	}
	copy(h.audio[:reach], h.audio[len(h.audio)-reach:])
	h.audio = h.audio[:reach]
	return dst
}

// reset forgets what was heard.
func (h *halver) reset() { clear(h.audio) }
