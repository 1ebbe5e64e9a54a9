package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"timbre"
)

const (
	maxPages    = 1 << 20 // of a file
	oggHeader   = 27      // bytes, before the lengths of the segments
	preSkipUnit = 6       // samples at 48 kHz, the unit of an Ogg Opus file, in one at 8 kHz
)

// ReadOpus reads a recording in an Ogg file of one Opus stream (RFC 7845) and returns it as mono linear PCM at 8 kHz. Invalid, with what
// was found: anything else.
func ReadOpus(r io.Reader) ([]int16, error) {
	file, err := io.ReadAll(io.LimitReader(r, MaxWAV+1))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "codec.ReadOpus", "reading failed: %w", err)
	}
	if len(file) > MaxWAV {
		return nil, refuse("an Opus file of more than %d MiB is not supported", MaxWAV>>20)
	}
	packets, end, err := oggPackets(file)
	if err != nil {
		return nil, err
	}
	if len(packets) < 2 || len(packets[0]) < 19 || string(packets[0][:8]) != "OpusHead" {
		return nil, refuse("the Ogg file does not hold one Opus stream")
	}
	d, skip := newOpus(), int(binary.LittleEndian.Uint16(packets[0][10:]))/preSkipUnit
	var pcm []int16
	for _, p := range packets[2:] { // the second one has comments
		before := len(pcm)
		if pcm, err = d.Decode(pcm, p); err != nil {
			pcm = append(pcm[:before], make([]int16, OpusSamples(p))...)
		}
	}
	if length := int(min(end/preSkipUnit, uint64(len(pcm)))); end > 0 {
		pcm = pcm[:length]
	}
	return pcm[min(skip, len(pcm)):], nil
}

// oggPackets returns the packets of the first stream of an Ogg file, and the position at its end: the number of samples at 48 kHz.
func oggPackets(file []byte) (packets [][]byte, end uint64, err error) {
	le := binary.LittleEndian
	var open []byte // the packet that goes on in the next page
	var serial uint32
	for pages := 0; len(file) > 0; pages++ {
		switch {
		case len(file) < oggHeader || !bytes.HasPrefix(file, []byte("OggS\x00")):
			return nil, 0, refuse("this is not an Ogg file, or it is damaged")
		case pages == maxPages:
			return nil, 0, refuse("an Ogg file of more than %d pages is not supported", maxPages)
		}
		segments := int(file[26])
		if len(file) < oggHeader+segments {
			return nil, 0, refuse("the Ogg file is cut off")
		}
		lengths, body := file[oggHeader:oggHeader+segments], file[oggHeader+segments:]
		size := 0
		for _, n := range lengths {
			size += int(n)
		}
		if len(body) < size {
			return nil, 0, refuse("the Ogg file is cut off")
		}
		if pages == 0 {
			serial = le.Uint32(file[14:])
		}
		if le.Uint32(file[14:]) == serial {
			if position := le.Uint64(file[6:]); position != ^uint64(0) {
				end = position
			}
			packets, open = split255(packets, open, lengths, body[:size])
		}
		file = body[size:]
	}
	return packets, end, nil
}

// split255 splits the body of a page into packets: a segment of 255 bytes goes on in the next one.
func split255(packets [][]byte, open, lengths, body []byte) (all [][]byte, rest []byte) {
	for _, n := range lengths {
		open, body = append(open, body[:n]...), body[n:]
		if n < 255 {
			packets, open = append(packets, open), nil
		}
	}
	return packets, open
}

// ReadRecording reads a WAV file as ReadWAV does, or an Ogg file as ReadOpus does; which of them it is, its first bytes say.
func ReadRecording(r io.Reader) ([][]int16, error) {
	head := make([]byte, 4)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, timbre.Errorf(timbre.Internal, "codec.ReadRecording", "reading failed: %w", err)
	}
	all := io.MultiReader(bytes.NewReader(head[:n]), r)
	if string(head[:n]) != "OggS" {
		return ReadWAV(all)
	}
	pcm, err := ReadOpus(all)
	if err != nil {
		return nil, err
	}
	return [][]int16{pcm}, nil
}
