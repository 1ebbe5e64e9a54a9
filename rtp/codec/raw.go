package codec

import (
	"encoding/binary"

	"timbre"
)

// Raw decodes mono audio at 8 or 16 kHz in pieces of any length, without packets. It has state: each stream needs its own, used by
// one goroutine at a time.
type Raw struct {
	samples func(dst []int16, payload []byte) []int16
	halver  *halver // of audio at 16 kHz
	pcm     []int16 // at 16 kHz: the odd sample of the last piece, then the piece
}

// NewRaw makes the decoder of an encoding at a rate of 8000 or 16000 Hz. Invalid: there is none.
func NewRaw(encoding timbre.Encoding, rate int) (*Raw, error) {
	r := &Raw{samples: map[timbre.Encoding]func([]int16, []byte) []int16{timbre.LinearPCM: linear16, timbre.MuLaw: ULaw.Decode, timbre.ALaw: ALaw.Decode}[encoding]}
	switch {
	case r.samples == nil:
		return nil, refuse("there is no decoder for the encoding %.32q", encoding)
	case rate == 2*timbre.SampleRate:
		r.halver = new(halver)
	case rate != timbre.SampleRate:
		return nil, refuse("%d samples a second are not supported; 8000 and 16000 are", rate)
	}
	return r, nil
}

// Decode appends the audio of the next piece, at 8 kHz. Of linear PCM it must hold whole samples.
func (r *Raw) Decode(dst []int16, payload []byte) ([]int16, error) {
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

// linear16 appends 16-bit linear PCM, little-endian. Half a sample at the end is left out.
func linear16(dst []int16, payload []byte) []int16 {
	for ; len(payload) > 1; payload = payload[2:] {
		dst = append(dst, int16(binary.LittleEndian.Uint16(payload)))
	}
	return dst
}
