package codec

import (
	"github.com/gotranspile/g722"

	"timbre"
)

// A byte is two samples at 16 kHz, one at ours.
func init() { register(timbre.G722, func() Decoder { return newG722() }, bytePerSample) }

// wideband decodes ITU-T G.722 at 64 kbit/s, audio at 16 kHz with two samples a byte, and halves it. Its lower band alone has 8 kHz
// too, but is not limited to the telephone band.
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
	for i, room := 0, w.input(len(w.pcm)); i < len(room); i++ {
		room[i] = float32(w.pcm[i]) / 32768
	}
	return w.halve(dst), nil
}

// Recover keeps the state: it converges with the sender's within some ten milliseconds.
func (w *wideband) Recover(dst []int16, _ int, _ []byte) []int16 { return dst }

func (w *wideband) Reset() {
	w.decoder = g722.NewDecoder(g722.Rate64000, 0)
	w.reset()
}
