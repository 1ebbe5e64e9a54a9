package codec

import "timbre"

func init() { register(timbre.Opus, func() Decoder { return newOpus() }, OpusSamples) }

// opusDecoder decodes Opus (RFC 6716) to mono at 16 kHz and halves it: that preserves voices better than decoding at 8 kHz, and costs
// less.
type opusDecoder struct {
	engine engine
	halver
}

// engine is an Opus decoder, at 16 kHz.
type engine interface {
	// decode fills pcm, which has the length of the packet's audio.
	decode(packet []byte, pcm []float32) error
	// conceal fills pcm, a multiple of 2.5 ms, for the loss right before the packet next.
	conceal(pcm []float32, next []byte) error
	// reset resets the state.
	reset()
}

func newOpus() *opusDecoder { return &opusDecoder{engine: newEngine()} }

func (o *opusDecoder) Decode(dst []int16, packet []byte) ([]int16, error) {
	n := OpusSamples(packet)
	if n == 0 {
		return dst, errUnreadable
	}
	if err := o.engine.decode(packet, o.input(2*n)); err != nil {
		return dst, errUnreadable
	}
	out := o.halve(dst)
	if len(packet) == 1 { // DTX: the engine would insert comfort noise of its own
		clear(out[len(dst):])
	}
	return out, nil
}

// Recover lets the engine conceal the loss, for the best state to decode next, and keeps only the part that is decoded from FEC.
func (o *opusDecoder) Recover(dst []int16, n int, next []byte) []int16 {
	n -= n % shortestOpus
	if n == 0 {
		return dst
	}
	room := o.input(2 * n)
	clear(room)
	if err := o.engine.conceal(room, next); err != nil {
		clear(room)
	}
	heard := o.halve(dst)
	spare := heard[len(heard)-min(n, opusFECSamples(next)):]
	return append(dst, spare...)
}

func (o *opusDecoder) Reset() {
	o.engine.reset()
	o.halver.reset()
}
