//go:build libopus

package codec

import "gopkg.in/hraban/opus.v2"

// cEngine is libopus, the reference implementation, built with -tags libopus,nolibopusfile and Debian's libopus-dev.
type cEngine struct{ decoder *opus.Decoder }

// newEngine makes the Opus decoder that streams use.
func newEngine() engine { return newCEngine() }

func newCEngine() engine {
	d, _ := opus.NewDecoder(16000, 1) // fails only for rates that Opus does not have
	return &cEngine{d}
}

func (c *cEngine) decode(packet []byte, pcm []float32) error {
	n, err := c.decoder.DecodeFloat32(packet, pcm[:len(pcm):len(pcm)])
	if err == nil && n != len(pcm) {
		return errUnreadable
	}
	return err
}

func (c *cEngine) conceal(pcm []float32, next []byte) error {
	pcm = pcm[:len(pcm):len(pcm)]
	if len(next) == 0 {
		return c.decoder.DecodePLCFloat32(pcm)
	}
	return c.decoder.DecodeFECFloat32(next, pcm)
}

func (c *cEngine) reset() { c.decoder, _ = opus.NewDecoder(16000, 1) }
