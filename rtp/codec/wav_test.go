package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"testing"

	"timbre"
)

// wav makes a file of a fmt chunk and a data chunk, with an odd LIST chunk between them.
func wav(tag, channels, bits uint16, rate uint32, data []byte) []byte {
	le := binary.LittleEndian
	f := le.AppendUint16(nil, tag)
	f = le.AppendUint16(f, channels)
	f = le.AppendUint32(f, rate)
	f = le.AppendUint32(f, rate*uint32(channels)*uint32(bits)/8)
	f = le.AppendUint16(f, channels*bits/8)
	f = le.AppendUint16(f, bits)
	return riff(chunk("fmt ", f), chunk("LIST", []byte("odd")), chunk("data", data))
}

func chunk(id string, body []byte) []byte {
	c := binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body)))
	c = append(c, body...)
	return append(c, make([]byte, len(body)%2)...)
}

func riff(parts ...[]byte) []byte {
	body := append([]byte("WAVE"), slices.Concat(parts...)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func linear(pcm ...int16) (b []byte) {
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

func TestSupportedFilesAreRead(t *testing.T) {
	extensible := slices.Concat(linear(-2, 1), []byte{0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0}, linear(2, 16, 22, 16, 4, 0, 1),
		[]byte("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71"))
	for name, c := range map[string]struct {
		file []byte
		want [][]int16
	}{
		"PCM mono":         {wav(1, 1, 16, 8000, linear(1, -2, 3)), [][]int16{{1, -2, 3}}},
		"PCM stereo":       {wav(1, 2, 16, 8000, linear(1, -1, 2, -2)), [][]int16{{1, 2}, {-1, -2}}},
		"PCM, half sample": {wav(1, 2, 16, 8000, append(linear(1, -1, 2), 9)), [][]int16{{1}, {-1}}},
		"µ-law":            {wav(7, 1, 8, 8000, []byte{0xFF, 0x80}), [][]int16{{0, 32124}}},
		"A-law stereo":     {wav(6, 2, 8, 8000, []byte{0xD5, 0x55}), [][]int16{{8}, {-8}}},
		"extensible":       {riff(chunk("fmt ", extensible), chunk("data", linear(5))), [][]int16{{5}}},
		"empty":            {wav(1, 1, 16, 8000, nil), [][]int16{{}}},
	} {
		got, err := ReadWAV(bytes.NewReader(c.file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDataOfUnknownLengthLastsToTheEnd(t *testing.T) {
	for _, size := range []uint32{0, math.MaxUint32} {
		file := wav(1, 1, 16, 8000, linear(1, 2))
		binary.LittleEndian.PutUint32(file[len(file)-8:], size)
		got, err := ReadWAV(bytes.NewReader(file))
		if err != nil || !slices.Equal(got[0], []int16{1, 2}) {
			t.Errorf("size %#x: %v, %v", size, got, err)
		}
	}
}

func TestSixteenKilohertzBecomesEight(t *testing.T) {
	in := tone(1000, 12000)
	got, err := ReadWAV(bytes.NewReader(wav(1, 2, 16, 16000, linear(slices.Concat(in, in)...))))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || len(got[0]) != 8000 || len(got[1]) != 8000 {
		t.Fatalf("%d channels, the first of %d samples", len(got), len(got[0]))
	}
}

func TestOtherFilesAreRefusedByName(t *testing.T) {
	short := wav(1, 1, 16, 8000, linear(1, 2, 3))
	for want, file := range map[string][]byte{
		"24-bit PCM at 44100 Hz is not supported; 16-bit PCM, µ-law and A-law at 8000 or 16000 Hz are": wav(1, 2, 24, 44100, nil),
		"16-bit PCM at 48000 Hz is not supported":                                                      wav(1, 1, 16, 48000, nil),
		"8-bit PCM at 8000 Hz is not supported":                                                        wav(1, 1, 8, 8000, nil),
		"32-bit floating point at 16000 Hz is not supported":                                           wav(3, 1, 32, 16000, nil),
		"WAV format 0x0055 at 8000 Hz is not supported":                                                wav(0x55, 1, 0, 8000, nil),
		"6 channels is not supported":                                                                  wav(1, 6, 16, 8000, nil),
		"0 channels is not supported":                                                                  wav(1, 0, 16, 8000, nil),
		"not a WAV file":                                                                               []byte("OggS and so on, long enough"),
		"has no data chunk":                                                                            short[:36],
		"no fmt chunk before its data":                                                                 riff(chunk("data", linear(1))),
		"fmt chunk of the WAV file is 4 bytes long":                                                    riff(chunk("fmt ", linear(1, 1)), chunk("data", nil)),
		`cut off: its "data" chunk says 6 bytes, 4 are there`:                                          short[:len(short)-2],
		"does not say how its audio is coded":                                                          wav(0, 1, 16, 8000, nil),
	} {
		_, err := ReadWAV(bytes.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), want) || timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(wav(1, 1, 16, 8000, linear(1, 2, 3)))
	f.Add(wav(1, 2, 16, 16000, linear(1, 2, 3, 4)))
	f.Add(wav(7, 1, 8, 8000, []byte{1, 2, 3}))
	f.Add(wav(6, 2, 8, 16000, []byte{1, 2, 3, 4}))
	f.Add(wav(1, 2, 24, 44100, make([]byte, 12)))
	f.Fuzz(func(t *testing.T, file []byte) {
		channels, err := ReadWAV(bytes.NewReader(file))
		if err != nil {
			if timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("not the sender's fault? %v", err)
			}
			return
		}
		if n := len(channels); n != 1 && n != 2 {
			t.Fatalf("%d channels", n)
		}
		for _, c := range channels {
			if len(c) != len(channels[0]) || len(c) > len(file) {
				t.Fatalf("%d samples of %d bytes; the first channel has %d", len(c), len(file), len(channels[0]))
			}
		}
	})
}
