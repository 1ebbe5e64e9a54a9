package codec

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"time"

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

// ReadWAV reads a recording as WAV does, of MaxWAV at most. It returns one slice a channel, all equally long.
func ReadWAV(r io.Reader) ([][]int16, error) { return ReadShortWAV(r, math.MaxInt64) }

// ReadShortWAV is ReadWAV of a recording that must not be longer than a time. A short file of a codec may hold hours.
func ReadShortWAV(r io.Reader, longest time.Duration) ([][]int16, error) {
	w, err := OpenWAV(&atMost{r, MaxWAV})
	if err != nil {
		return nil, err
	}
	all := make([][]int16, w.Channels())
	for {
		piece, err := w.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		for i, pcm := range piece {
			all[i] = append(all[i], pcm...)
		}
		if timbre.Duration(len(all[0])) > longest {
			return nil, refuse("the recording lasts longer than %v", longest)
		}
	}
}

// atMost refuses a file that is longer than left.
type atMost struct {
	io.Reader
	left int64
}

func (a *atMost) Read(b []byte) (int, error) {
	n, err := a.Reader.Read(b)
	if a.left -= int64(n); a.left < 0 {
		return 0, refuse("a WAV file of more than %d MiB is not supported", MaxWAV>>20)
	}
	return n, err
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

// readHeader reads a file up to its samples, and returns their format and their number of bytes. It skips other chunks.
func readHeader(r io.Reader) (f format, size int64, err error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil && !ended(err) {
		return f, 0, failed(err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return f, 0, refuse("this is not a WAV file: it does not begin with RIFF and WAVE")
	}
	for {
		_, err := io.ReadFull(r, head[:8])
		switch id := string(head[:4]); {
		case ended(err):
			return f, 0, refuse("the WAV file has no data chunk")
		case err != nil:
			return f, 0, failed(err)
		case id == "data" && f.tag == 0:
			return f, 0, refuse("the WAV file has no fmt chunk before its data")
		case id == "data":
			return f, dataSize(head[4:]), nil
		default:
			var body []byte
			if body, err = skip(r, id, int64(binary.LittleEndian.Uint32(head[4:]))); err == nil && id == "fmt " {
				f, err = parseFormat(body)
			}
			if err != nil {
				return f, 0, err
			}
		}
	}
}

// dataSize is how long the data is. A program that writes to a pipe does not know.
func dataSize(b []byte) int64 {
	if size := binary.LittleEndian.Uint32(b); size != 0 && size != math.MaxUint32 {
		return int64(size)
	}
	return endless
}

// longestFormat is as much of a chunk as is looked at, in bytes.
const longestFormat = 64

// skip reads a chunk, and returns its beginning.
func skip(r io.Reader, id string, size int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, min(size, longestFormat)))
	n := int64(len(body))
	if err == nil {
		var more int64
		more, err = io.CopyN(io.Discard, r, size-n)
		n += more
	}
	switch {
	case err != nil && !ended(err):
		return nil, failed(err)
	case n < size:
		return nil, cutOff(id, size, n)
	}
	_, err = io.CopyN(io.Discard, r, size%2)
	if err != nil && !ended(err) {
		return nil, failed(err)
	}
	return body, nil
}

// ended reports whether a file ends where it was read.
func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

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

func refuse(text string, args ...any) error {
	return timbre.Errorf(timbre.Invalid, "", text, args...)
}
