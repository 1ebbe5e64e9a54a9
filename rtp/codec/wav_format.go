package codec

import (
	"encoding/binary"
	"fmt"
	"math"
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

// block is how many bytes cannot be divided: a sample of all channels, or two frames of GSM 6.10.
func (f format) block() int {
	if f.tag == tagGSM {
		return 65
	}
	return int(f.channels) * int(f.bits) / 8
}

// header is a WAV file up to its samples, whose number is not known.
func (f format) header() []byte {
	le := binary.LittleEndian
	b := append(le.AppendUint32([]byte("RIFF"), math.MaxUint32), "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, f.tag)
	b = le.AppendUint16(b, f.channels)
	b = le.AppendUint32(b, f.rate)
	b = le.AppendUint32(b, f.rate*uint32(f.block()))
	b = le.AppendUint16(b, uint16(f.block()))
	b = le.AppendUint16(b, f.bits)
	return le.AppendUint32(append(b, "data"...), math.MaxUint32-1) // even: the library adds a byte to others
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
