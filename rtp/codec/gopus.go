package codec

import "github.com/thesyncim/gopus"

// mono is the output format of the decoder, and the longest packet.
var mono = gopus.DecoderConfig{SampleRate: 16000, Channels: 1, MaxPacketSamples: 2 * longestOpus}

// goEngine is the Opus decoder in pure Go.
type goEngine struct{ decoder *gopus.Decoder }

func newGoEngine() engine {
	d, _ := gopus.NewDecoder(mono) // fails only for rates that Opus does not have
	return &goEngine{d}
}

func (g *goEngine) decode(packet []byte, pcm []float32) error {
	n, err := g.decoder.Decode(packet, pcm)
	if err == nil && n != len(pcm) {
		return errUnreadable
	}
	return err
}

func (g *goEngine) conceal(pcm []float32, next []byte) (err error) {
	if next == nil {
		_, err = g.decoder.Decode(nil, pcm)
	} else {
		_, err = g.decoder.DecodeWithFEC(next, pcm, true)
	}
	return err
}

func (g *goEngine) reset() { g.decoder.Reset() } // a new one takes 200 KB
