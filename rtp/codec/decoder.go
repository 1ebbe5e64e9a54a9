package codec

import (
	"errors"

	"timbre"
)

// Decoder decodes the payloads of a stream, in order, to mono linear PCM at 8 kHz. It has state: each stream needs its own, used by
// one goroutine at a time.
type Decoder interface {
	// Decode appends the audio of a payload to dst. On error it appends nothing.
	Decode(dst []int16, payload []byte) ([]int16, error)
	// Recover handles the loss of n samples right before the payload next, which is decoded after it. It appends the last of
	// them that next carries a copy of (in-band FEC), mostly none. It does not conceal.
	Recover(dst []int16, n int, next []byte) []int16
	// Reset resets the state for another source.
	Reset()
}

var errUnreadable = errors.New("the payload cannot be read")

// implementation is how a codec is decoded.
type implementation struct {
	decoder func() Decoder
	samples func(payload []byte) int // that a payload holds, at 8 kHz, from its first bytes
}

// implementations of the audio codecs, each registered by the file that holds its decoder.
var implementations [1 << 8]implementation

func register(c timbre.Codec, decoder func() Decoder, samples func([]byte) int) {
	implementations[c] = implementation{decoder, samples}
}

// NewDecoder makes a decoder. If it panics, the payload cannot be read, and panicked is told why; nil: nobody is. Invalid: the codec has
// no audio.
func NewDecoder(c timbre.Codec, panicked func(cause any)) (Decoder, error) {
	if implementations[c].decoder == nil {
		return nil, timbre.Errorf(timbre.Invalid, "codec.NewDecoder", "codec %q has no decoder", c.Name())
	}
	return &guard{implementations[c].decoder(), c, panicked}, nil
}

// Samples is how much audio a payload of a codec holds, in samples at 8 kHz. 0: it has no audio, or cannot be read.
func Samples(c timbre.Codec, payload []byte) int {
	if samples := implementations[c].samples; samples != nil {
		return samples(payload)
	}
	return 0
}
