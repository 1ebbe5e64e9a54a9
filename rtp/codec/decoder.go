package codec

import (
	"errors"

	"timbre"
)

// Decoder turns the payloads of one stream, in their order, into linear PCM: one channel, 8,000 samples a second. It
// remembers what it has decoded, so that each stream needs its own, used by one goroutine at a time.
type Decoder interface {
	// Decode appends the audio of a payload to dst. Of one that cannot be read it says so, and appends nothing.
	Decode(dst []int16, payload []byte) ([]int16, error)
	// Recover is told of n samples that were lost right before the payload next, which is decoded after it. It appends the last
	// ones of them, as far as next has a spare copy: mostly none. It makes nothing up.
	Recover(dst []int16, n int, next []byte) []int16
	// Reset forgets what was decoded: what comes next is of another source.
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

// NewDecoder makes a decoder. Invalid: the codec has no audio.
func NewDecoder(c timbre.Codec) (Decoder, error) {
	if implementations[c].decoder == nil {
		return nil, timbre.Errorf(timbre.Invalid, "codec.NewDecoder", "codec %q has no decoder", c.Name())
	}
	return implementations[c].decoder(), nil
}

// Samples is how much audio a payload of a codec holds, in samples at 8 kHz. 0: it has no audio, or cannot be read.
func Samples(c timbre.Codec, payload []byte) int {
	if samples := implementations[c].samples; samples != nil {
		return samples(payload)
	}
	return 0
}
