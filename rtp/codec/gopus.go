package codec

import "github.com/thesyncim/gopus"

// mono is what the decoder gives, and the most that a packet holds.
var mono = gopus.DecoderConfig{SampleRate: 16000, Channels: 1, MaxPacketSamples: 2 * longestOpus}

// goEngine is the Opus decoder that is written in Go.
type goEngine struct{ decoder *gopus.Decoder }

func newGoEngine() engine {
	d, _ := gopus.NewDecoder(mono) // fails only on rates that do not exist
	return &goEngine{d}
}

func (g *goEngine) decode(packet []byte, pcm []float32) (err error) {
	defer g.guard(&err)
	n, err := g.decoder.Decode(packet, pcm)
	if err == nil && n != len(pcm) {
		return errUnreadable
	}
	return err
}

func (g *goEngine) conceal(pcm []float32, next []byte) (err error) {
	defer g.guard(&err)
	if next == nil {
		_, err = g.decoder.Decode(nil, pcm)
	} else {
		_, err = g.decoder.DecodeWithFEC(next, pcm, true)
	}
	return err
}

func (g *goEngine) reset() { g.decoder.Reset() } // a new one would be a fifth of a megabyte

// guard makes a panic of the decoder an error, and the decoder as good as new: it is young, and what it reads comes from
// anywhere.
func (g *goEngine) guard(err *error) {
	if recover() != nil {
		*err = errUnreadable
		g.decoder, _ = gopus.NewDecoder(mono)
	}
}
