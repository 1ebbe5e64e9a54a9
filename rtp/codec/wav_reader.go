package codec

import (
	"bytes"
	"io"
	"time"

	"github.com/cwbudde/wav"
	"github.com/go-audio/audio"
)

// pieceOf is how many samples of a file are decoded at a time.
const pieceOf = 1 << 15

// WAV reads a recording piece by piece: a RIFF WAVE file of PCM of 8, 16, 24 or 32 bits, of floating point of 32 or 64 bits, of µ-law,
// A-law or GSM 6.10, at 8 to 192 kHz, with one or two channels. A data chunk of unknown length, as written to a pipe, lasts until the end
// of the file.
type WAV struct {
	format   format
	data     *blocks
	decoder  *wav.Decoder
	decoded  *audio.Float32Buffer
	channels []channel
	ended    bool
}

// channel is one of a recording.
type channel struct {
	*resampler
	pcm []int16 // of the current piece, at the rate of the file
}

// OpenWAV reads the beginning of a file. Invalid, with what was found: it cannot be read.
func OpenWAV(r io.Reader) (*WAV, error) {
	f, size, err := readHeader(r)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return nil, err
	}
	w := &WAV{format: f, data: newBlocks(r, f.block(), size), decoded: &audio.Float32Buffer{Data: make([]float32, pieceOf)}}
	for range f.channels {
		w.channels = append(w.channels, channel{resampler: newResampler(int(f.rate))})
	}
	// The library is given a file of this format and these samples alone, because it is less strict about other chunks and about lengths
	// that are wrong or unknown.
	w.decoder = wav.NewDecoder(forward{io.MultiReader(bytes.NewReader(f.header()), w.data)})
	return w, nil
}

// Channels is 1 or 2.
func (w *WAV) Channels() int { return len(w.channels) }

// Length is how long the recording says it is; 0: it does not say.
func (w *WAV) Length() time.Duration {
	if w.data.declared == endless {
		return 0
	}
	samples := w.data.declared / int64(w.format.block())
	if w.format.tag == tagGSM {
		samples *= 320
	}
	return time.Duration(float64(samples) / float64(w.format.rate) * float64(time.Second))
}

// Next returns the next linear PCM at 8 kHz, one slice a channel, all equally long; it is the caller's. io.EOF: there is no more. Invalid:
// the file is damaged.
func (w *WAV) Next() ([][]int16, error) {
	if w.ended {
		return nil, io.EOF
	}
	n, err := w.decoder.PCMBuffer(w.decoded)
	if w.data.err != nil {
		return nil, w.data.err
	}
	if err != nil {
		return nil, refuse("%s: %w", w.format.name(), err)
	}
	w.ended = n == 0
	w.split(w.decoded.Data[:n])
	var piece [][]int16
	for _, c := range w.channels {
		pcm := c.add(nil, c.pcm)
		if w.ended {
			pcm = c.end(pcm)
		}
		piece = append(piece, pcm)
	}
	return piece, nil
}

// split separates interleaved channels.
func (w *WAV) split(samples []float32) {
	for i := range w.channels {
		w.channels[i].pcm = w.channels[i].pcm[:0]
	}
	for i, x := range samples {
		c := &w.channels[i%len(w.channels)]
		c.pcm = append(c.pcm, w.format.linear(x))
	}
}

// forward is a file whose reader never looks back: the library does so only for files whose fmt chunk is not the first.
type forward struct{ io.Reader }

func (forward) Seek(int64, int) (int64, error) { return 0, errUnreadable }
