package codec

import (
	"github.com/gotranspile/g722"

	"timbre"
)

// A byte is two samples at 16 kHz, one at ours.
func init() { register(timbre.G722, func() Decoder { return newG722() }, bytePerSample) }

// wideband decodes ITU-T G.722 at 64 kbit/s: audio at 16 kHz, a byte for two samples, which is then halved. Its lower band
// alone would be at 8 kHz too, but is not cut off where telephone audio ends.
type wideband struct {
	decoder *g722.Decoder
	pcm     []int16
	halver
}

func newG722() *wideband { return &wideband{decoder: g722.NewDecoder(g722.Rate64000, 0)} }

func (w *wideband) Decode(dst []int16, payload []byte) ([]int16, error) {
	n := 2 * len(payload)
	if cap(w.pcm) < n {
		w.pcm = make([]int16, n)
	}
	w.pcm = w.pcm[:w.decoder.Decode(w.pcm[:n], payload)]
	for i, room := 0, w.room(len(w.pcm)); i < len(room); i++ {
		room[i] = float32(w.pcm[i]) / 32768
	}
	return w.halve(dst), nil
}

// Recover leaves the state as it is: it and the sender's become alike again within some ten milliseconds.
func (w *wideband) Recover(dst []int16, _ int, _ []byte) []int16 { return dst }

func (w *wideband) Reset() {
	w.decoder = g722.NewDecoder(g722.Rate64000, 0)
	w.reset()
}
