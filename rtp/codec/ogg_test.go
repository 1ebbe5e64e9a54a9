package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"timbre"
)

// ogg writes packets as an Ogg Opus file with a page for every n of them. Its position is that of the end.
func ogg(packets [][]byte, n, skip int, samples uint64) []byte {
	head := append([]byte("OpusHead\x01\x01"), byte(skip), byte(skip>>8), 0x80, 0xBB, 0, 0, 0, 0, 0)
	all := append([][]byte{head, append([]byte("OpusTags"), make([]byte, 300)...)}, packets...)
	var file []byte
	for first := true; len(all) > 0; first = false {
		some := all[:min(n, len(all))]
		if first {
			some = all[:1]
		}
		all = all[len(some):]
		page := append([]byte("OggS"), make([]byte, oggHeader-4)...)
		binary.LittleEndian.PutUint64(page[6:], samples)
		page[14] = 7
		var body []byte
		for _, p := range some {
			for left := len(p); left >= 0; left -= 255 {
				page[26]++
				page = append(page, byte(min(left, 255)))
			}
			body = append(body, p...)
		}
		file = append(append(file, page...), body...)
	}
	return file
}

func TestOggOpusFileIsReadAsItsPackets(t *testing.T) {
	var stream [][]byte
	for _, p := range packets(t, "silk") {
		if p != nil {
			stream = append(stream, p)
		}
	}
	want, d := []int16(nil), newOpus()
	for _, p := range stream {
		want, _ = d.Decode(want, p)
	}
	end := uint64(6*len(want) - 600)
	for _, n := range []int{1, 3, 40} {
		got, err := ReadRecording(bytes.NewReader(ogg(stream, n, 312, end)))
		if err != nil || len(got) != 1 || !slices.Equal(got[0], want[52:len(want)-100]) {
			t.Errorf("pages of %d packets: got %d channels, %v, want the packets without the first 52 samples and the last 100", n, len(got), err)
		}
	}
	other := ogg([][]byte{{1, 2, 3}}, 1, 0, 0) // another stream, which is left out
	other[14] = 8
	file := slices.Concat(ogg(stream, 40, 0, math.MaxUint64), other[:oggHeader+1+19])
	if got, err := ReadOpus(bytes.NewReader(file)); err != nil || !slices.Equal(got, want) {
		t.Errorf("two streams: got %d samples, %v, want %d of the first", len(got), err, len(want))
	}
}

func TestDamagedOggIsRefused(t *testing.T) {
	good := ogg([][]byte{{0x48, 1}}, 1, 0, 960)
	for name, file := range map[string][]byte{
		"nothing":        {},
		"text":           []byte("OggS, which is a container"),
		"cut off":        good[:len(good)-1],
		"a header alone": good[:oggHeader],
		"no Opus":        bytes.Replace(good, []byte("OpusHead"), []byte("Speex   "), 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadOpus(bytes.NewReader(file)); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v, want Invalid", err)
			}
		})
	}
	if _, err := ReadRecording(bytes.NewReader([]byte("RI"))); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("two bytes: got %v, want Invalid", err)
	}
}

func FuzzReadOpus(f *testing.F) {
	f.Add(ogg([][]byte{{0x48, 1}, {0x48, 2, 3}}, 2, 10, 960))
	f.Fuzz(func(t *testing.T, file []byte) {
		if pcm, err := ReadOpus(bytes.NewReader(file)); err != nil && pcm != nil {
			t.Error("got audio and an error")
		}
	})
}
