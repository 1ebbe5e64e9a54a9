package codec

import (
	"encoding/binary"
	"fmt"
	"io"

	"timbre"
)

// MaxWAV is the largest file that ReadWAV takes, in bytes: more than two hours of stereo at 16 kHz.
const MaxWAV = 512 << 20

// The format tags of a WAV file that are read.
const (
	tagPCM        = 0x0001
	tagALaw       = 0x0006
	tagULaw       = 0x0007
	tagExtensible = 0xFFFE // the real tag stands in the first two bytes of the sub-format
)

// format is the fmt chunk of a WAV file.
type format struct {
	tag, channels, bits uint16
	rate                uint32
}

// ReadWAV reads a recording: a RIFF WAVE file of 16-bit PCM, µ-law or A-law, at 8 or 16 kHz, with one or two channels. It
// gives linear PCM at 8 kHz, one slice a channel, all equally long. Anything else is an Invalid error that names what was
// found. A data chunk of unknown length, as written to a pipe, lasts until the end of the file.
func ReadWAV(r io.Reader) ([][]int16, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "codec.ReadWAV", "reading failed: %w", err)
	}
	if len(file) > MaxWAV {
		return nil, refuse("a WAV file of more than %d MiB is not supported", MaxWAV>>20)
	}
	f, data, err := chunks(file)
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	channels := f.split(data)
	if f.rate == 2*timbre.SampleRate {
		for i, c := range channels {
			channels[i] = Halve(c)
		}
	}
	return channels, nil
}

// chunks finds the format and the samples of a file. Other chunks are passed over.
func chunks(file []byte) (f format, data []byte, err error) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return f, nil, refuse("this is not a WAV file: it does not begin with RIFF and WAVE")
	}
	for rest := file[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:8]))
		rest = rest[8:]
		endless := id == "data" && (size == 0xFFFFFFFF || size == 0 && len(rest) > 0)
		if endless {
			size = uint64(len(rest))
		}
		if size > uint64(len(rest)) {
			return f, nil, refuse("the WAV file is cut off: its %q chunk says %d bytes, %d are there", id, size, len(rest))
		}
		body := rest[:size]
		rest = rest[min(size+size%2, uint64(len(rest))):]
		switch id {
		case "fmt ":
			if f, err = parseFormat(body); err != nil {
				return f, nil, err
			}
		case "data":
			if f.tag == 0 {
				return f, nil, refuse("the WAV file has no fmt chunk before its data")
			}
			return f, body, nil
		}
	}
	return f, nil, refuse("the WAV file has no data chunk")
}

func parseFormat(b []byte) (format, error) {
	if len(b) < 16 {
		return format{}, refuse("the fmt chunk of the WAV file is %d bytes long, at least 16 are needed", len(b))
	}
	le := binary.LittleEndian
	f := format{tag: le.Uint16(b), channels: le.Uint16(b[2:]), rate: le.Uint32(b[4:]), bits: le.Uint16(b[14:])}
	if f.tag == tagExtensible && len(b) >= 26 {
		f.tag = le.Uint16(b[24:])
	}
	if f.tag == 0 {
		return f, refuse("the WAV file does not say how its audio is coded")
	}
	return f, nil
}

// check names what cannot be read.
func (f format) check() error {
	coded := f.tag == tagPCM && f.bits == 16 || (f.tag == tagULaw || f.tag == tagALaw) && f.bits == 8
	rated := f.rate == timbre.SampleRate || f.rate == 2*timbre.SampleRate
	if !coded || !rated {
		return refuse("%s at %d Hz is not supported; 16-bit PCM, µ-law and A-law at 8000 or 16000 Hz are", f.name(), f.rate)
	}
	if f.channels != 1 && f.channels != 2 {
		return refuse("a WAV file of %d channels is not supported; mono and stereo are", f.channels)
	}
	return nil
}

func (f format) name() string {
	switch f.tag {
	case tagPCM:
		return fmt.Sprintf("%d-bit PCM", f.bits)
	case 0x0003:
		return fmt.Sprintf("%d-bit floating point", f.bits)
	case tagULaw:
		return fmt.Sprintf("%d-bit µ-law", f.bits)
	case tagALaw:
		return fmt.Sprintf("%d-bit A-law", f.bits)
	}
	return fmt.Sprintf("WAV format 0x%04X", f.tag)
}

// split decodes the samples and takes interleaved channels apart. An incomplete last sample is left out.
func (f format) split(data []byte) [][]int16 {
	var pcm []int16
	switch f.tag {
	case tagULaw:
		pcm = ULaw.Decode(make([]int16, 0, len(data)), data)
	case tagALaw:
		pcm = ALaw.Decode(make([]int16, 0, len(data)), data)
	default:
		pcm = make([]int16, len(data)/2)
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
		}
	}
	if f.channels == 1 {
		return [][]int16{pcm}
	}
	left, right := make([]int16, len(pcm)/2), make([]int16, len(pcm)/2)
	for i := range left {
		left[i], right[i] = pcm[2*i], pcm[2*i+1]
	}
	return [][]int16{left, right}
}

func refuse(text string, args ...any) error {
	return timbre.Errorf(timbre.Invalid, "", text, args...)
}
