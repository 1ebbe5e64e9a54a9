package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/cwbudde/wav"
	"github.com/go-audio/audio"
)

const supported = "PCM of 8, 16, 24 or 32 bits, floating point of 32 or 64, µ-law, A-law and GSM 6.10 are, at 8000 to 192000 Hz"

// check refuses a format that is not supported, by its name.
func (f format) check() error {
	if !f.coded() || f.rate < lowestRate || f.rate > highestRate {
		return refuse("%s at %d Hz is not supported; "+supported, f.name(), f.rate)
	}
	if f.channels != 1 && (f.channels != 2 || f.tag == tagGSM) {
		return refuse("a WAV file of %d channels of %s is not supported; mono and stereo are, of GSM 6.10 mono alone", f.channels, f.name())
	}
	return nil
}

// coded reports whether there is a decoder for the format.
func (f format) coded() bool {
	switch f.tag {
	case tagPCM:
		return f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32
	case tagFloat:
		return f.bits == 32 || f.bits == 64
	case tagULaw, tagALaw:
		return f.bits == 8
	}
	return f.tag == tagGSM
}

func (f format) name() string {
	switch f.tag {
	case tagPCM:
		return fmt.Sprintf("%d-bit PCM", f.bits)
	case tagFloat:
		return fmt.Sprintf("%d-bit floating point", f.bits)
	case tagULaw:
		return fmt.Sprintf("%d-bit µ-law", f.bits)
	case tagALaw:
		return fmt.Sprintf("%d-bit A-law", f.bits)
	case tagGSM:
		return "GSM 6.10"
	}
	return fmt.Sprintf("WAV format 0x%04X", f.tag)
}

const gsmBlock = 65 // bytes of two frames of GSM 6.10 in a WAV file

// decode decodes the samples of the data chunk. The library is given a file of this format and these samples alone, because it is
// less strict about other chunks and about lengths that are wrong or unknown.
func (f format) decode(data []byte) ([]int16, error) {
	if f.tag == tagGSM {
		data = data[:len(data)/gsmBlock*gsmBlock]
	} else {
		data = data[:len(data)/f.block()*f.block()]
	}
	if len(data) == 0 {
		return []int16{}, nil
	}
	d := wav.NewDecoder(bytes.NewReader(append(f.header(len(data)), data...)))
	var pcm []int16
	buf := &audio.Float32Buffer{Data: make([]float32, 1<<16)}
	for {
		n, err := d.PCMBuffer(buf)
		if err != nil {
			return nil, refuse("%s: %w", f.name(), err)
		}
		if n == 0 {
			return pcm, nil
		}
		for _, x := range buf.Data[:n] {
			pcm = append(pcm, f.linear(x))
		}
	}
}

// block is how many bytes a sample of all channels has.
func (f format) block() int { return int(f.channels) * int(f.bits) / 8 }

// header is a WAV file up to its samples.
func (f format) header(size int) []byte {
	le := binary.LittleEndian
	b := append(le.AppendUint32([]byte("RIFF"), uint32(36+size)), "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, f.tag)
	b = le.AppendUint16(b, f.channels)
	b = le.AppendUint32(b, f.rate)
	b = le.AppendUint32(b, f.rate*uint32(f.block()))
	b = le.AppendUint16(b, uint16(f.block()))
	b = le.AppendUint16(b, f.bits)
	return le.AppendUint32(append(b, "data"...), uint32(size))
}

// linear converts a sample in [-1, 1] to 16 bits. NaN is silence.
func (f format) linear(x float32) int16 {
	if f.tag == tagPCM && f.bits == 8 {
		x -= 1.0 / 255 // silence is 128; the library takes 127.5
	}
	if x != x {
		return 0
	}
	return int16(min(max(math.Round(float64(x)*32768), math.MinInt16), math.MaxInt16))
}
