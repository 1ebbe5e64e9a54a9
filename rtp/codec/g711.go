package codec

import "timbre"

func init() {
	register(timbre.PCMU, func() Decoder { return g711{ULaw} }, bytePerSample)
	register(timbre.PCMA, func() Decoder { return g711{ALaw} }, bytePerSample)
}

// bytePerSample counts the samples of a codec of 64 kbit/s.
func bytePerSample(payload []byte) int { return len(payload) }

// g711 decodes by table: no payload depends on one before.
type g711 struct{ law Law }

func (g g711) Decode(dst []int16, payload []byte) ([]int16, error) {
	return g.law.Decode(dst, payload), nil
}

func (g g711) Recover(dst []int16, _ int, _ []byte) []int16 { return dst }

func (g g711) Reset() {}
