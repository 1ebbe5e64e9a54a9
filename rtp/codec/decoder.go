package codec

import (
	"errors"
	"strings"

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

// NewDecoder makes the decoder of an SDP encoding name: PCMU, PCMA, G722 or opus, in any case. Invalid: there is none.
func NewDecoder(name string) (Decoder, error) {
	switch strings.ToUpper(name) {
	case "PCMU":
		return g711{ULaw}, nil
	case "PCMA":
		return g711{ALaw}, nil
	case "G722":
		return newG722(), nil
	case "OPUS":
		return newOpus(), nil
	}
	return nil, timbre.Errorf(timbre.Invalid, "codec.NewDecoder", "there is no decoder for %.32q", name)
}

// g711 decodes by table: no payload depends on one before.
type g711 struct{ law Law }

func (g g711) Decode(dst []int16, payload []byte) ([]int16, error) {
	return g.law.Decode(dst, payload), nil
}

func (g g711) Recover(dst []int16, _ int, _ []byte) []int16 { return dst }

func (g g711) Reset() {}
