package codec

import "timbre"

// guard turns a panic of a decoder into an error: decoders are libraries that read untrusted input. The stream goes on with a new decoder.
type guard struct {
	Decoder
	codec    timbre.Codec
	panicked func(cause any)
}

func (g *guard) Decode(dst []int16, payload []byte) (pcm []int16, err error) {
	defer g.renew(func() { pcm, err = dst, errUnreadable })
	return g.Decoder.Decode(dst, payload)
}

func (g *guard) Recover(dst []int16, n int, next []byte) (pcm []int16) {
	defer g.renew(func() { pcm = dst })
	return g.Decoder.Recover(dst, n, next)
}

func (g *guard) Reset() {
	defer g.renew(func() {})
	g.Decoder.Reset()
}

// renew, deferred, replaces a decoder that panics. What it was to return, instead returns.
func (g *guard) renew(instead func()) {
	cause := recover()
	if cause == nil {
		return
	}
	instead()
	g.Decoder = implementations[g.codec].decoder()
	if g.panicked != nil {
		g.panicked(cause)
	}
}
