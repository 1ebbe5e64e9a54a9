package codec

import (
	"encoding/binary"
	"io"
	"os"

	"timbre"
)

// MaxWAV is the largest file that ReadWAV takes, in bytes: more than two hours of stereo at 16 kHz.
const MaxWAV = 512 << 20

// The rates that a WAV file may have, in Hz.
const (
	lowestRate  = timbre.SampleRate
	highestRate = 192000
)

// The format tags of a WAV file that are read.
const (
	tagPCM        = 0x0001
	tagFloat      = 0x0003
	tagALaw       = 0x0006
	tagULaw       = 0x0007
	tagGSM        = 0x0031
	tagExtensible = 0xFFFE // the tag itself is in the first two bytes of the sub-format
)

// format is the fmt chunk of a WAV file.
type format struct {
	tag, channels, bits uint16
	rate                uint32
}

// ReadWAV reads a recording: a RIFF WAVE file of PCM of 8, 16, 24 or 32 bits, of floating point of 32 or 64 bits, of µ-law,
// A-law or GSM 6.10, at 8 to 192 kHz, with one or two channels. It returns linear PCM at 8 kHz, one slice a channel, all
// equally long. Invalid, with what was found: anything else. A data chunk of unknown length, as written to a pipe, lasts
// until the end of the file.
func ReadWAV(r io.Reader) ([][]int16, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "codec.ReadWAV", "reading failed: %w", err)
	}
	if len(file) > MaxWAV {
		return nil, refuse("a WAV file of more than %d MiB is not supported", MaxWAV>>20)
	}
	f, data, err := chunks(file)
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return nil, err
	}
	pcm, err := f.decode(data)
	if err != nil {
		return nil, err
	}
	channels := split(pcm, int(f.channels))
	for i, c := range channels {
		channels[i] = Resample(c, int(f.rate))
	}
	return channels, nil
}

// ReadWAVFile is ReadWAV of a file. NotFound: it cannot be opened.
func ReadWAVFile(name string) ([][]int16, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, timbre.Errorf(timbre.NotFound, "codec.ReadWAVFile", "%w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return ReadWAV(f)
}

// chunks returns the format and the samples of a file, and skips other chunks.
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

// split separates interleaved channels. An incomplete last sample is left out.
func split(pcm []int16, channels int) [][]int16 {
	if channels == 1 {
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
