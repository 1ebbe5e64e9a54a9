package codec

import (
	"encoding/binary"

	"timbre"
)

func init() {
	for c, samples := range map[timbre.Codec]func() toPCM{
		timbre.LinearPCM: littleEndian, timbre.WideLinearPCM: littleEndian,
		timbre.L16: eitherEndian, timbre.WideL16: eitherEndian,
		timbre.WidePCMU: func() toPCM { return ULaw.Decode }, timbre.WidePCMA: func() toPCM { return ALaw.Decode },
	} {
		wide := c.ClockRate() > timbre.SampleRate
		length := c.SampleBytes()
		if wide {
			length *= 2
		}
		register(c, func() Decoder { return newRaw(samples(), wide) }, func(payload []byte) int { return (len(payload) + length - 1) / length })
	}
}

// toPCM appends the samples of a payload to dst.
type toPCM func(dst []int16, payload []byte) []int16

// raw decodes mono audio at 8 or 16 kHz in pieces of any length, without packets.
type raw struct {
	samples toPCM
	halver  *halver // of audio at 16 kHz
	pcm     []int16 // at 16 kHz: the odd sample of the last piece, then the piece
}

func newRaw(samples toPCM, wide bool) *raw {
	r := &raw{samples: samples}
	if wide {
		r.halver = new(halver)
	}
	return r
}

// Decode appends the audio of the next piece, at 8 kHz. Of linear PCM it must hold whole samples.
func (r *raw) Decode(dst []int16, payload []byte) ([]int16, error) {
	if r.halver == nil {
		return r.samples(dst, payload), nil
	}
	r.pcm = r.samples(r.pcm, payload)
	room := r.halver.input(len(r.pcm) &^ 1)
	for i := range room {
		room[i] = float32(r.pcm[i]) / 32768
	}
	r.pcm = r.pcm[:copy(r.pcm, r.pcm[len(room):])]
	return r.halver.halve(dst), nil
}

func (r *raw) Recover(dst []int16, _ int, _ []byte) []int16 { return dst }

func (r *raw) Reset() {
	r.pcm = r.pcm[:0]
	if r.halver != nil {
		r.halver.reset()
	}
}

// littleEndian decodes 16-bit linear PCM. Half a sample at the end is left out.
func littleEndian() toPCM {
	return func(dst []int16, payload []byte) []int16 { return linear16(dst, payload, binary.LittleEndian) }
}

func linear16(dst []int16, payload []byte, order binary.ByteOrder) []int16 {
	for ; len(payload) > 1; payload = payload[2:] {
		dst = append(dst, int16(order.Uint16(payload)))
	}
	return dst
}
