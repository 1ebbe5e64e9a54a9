package codec

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// wavFile makes a file of a fmt chunk and a data chunk, with an odd LIST chunk between them.
func wavFile(tag, channels, bits uint16, rate uint32, data []byte) []byte {
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

func floats(x ...float32) (b []byte) {
	for _, s := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s))
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
		"PCM mono":         {wavFile(1, 1, 16, 8000, linear(1, -2, 3)), [][]int16{{1, -2, 3}}},
		"PCM stereo":       {wavFile(1, 2, 16, 8000, linear(1, -1, 2, -2)), [][]int16{{1, 2}, {-1, -2}}},
		"PCM, half sample": {wavFile(1, 2, 16, 8000, append(linear(1, -1, 2), 9)), [][]int16{{1}, {-1}}},
		"µ-law":            {wavFile(7, 1, 8, 8000, []byte{0xFF, 0x80}), [][]int16{{0, 32124}}},
		"A-law stereo":     {wavFile(6, 2, 8, 8000, []byte{0xD5, 0x55}), [][]int16{{8}, {-8}}},
		"extensible":       {riff(chunk("fmt ", extensible), chunk("data", linear(5))), [][]int16{{5}}},
		"empty":            {wavFile(1, 1, 16, 8000, nil), [][]int16{{}}},
		"8-bit PCM":        {wavFile(1, 1, 8, 8000, []byte{128, 128, 255, 0, 64}), [][]int16{{0, 0, 32639, -32768, -16448}}},
		"24-bit PCM":       {wavFile(1, 2, 24, 8000, []byte{0, 1, 0, 0x80, 0xFE, 0xFF, 0, 0, 0x80, 0xFF, 0xFF, 0x7F}), [][]int16{{1, -32768}, {-2, 32767}}},
		"32-bit PCM":       {wavFile(1, 1, 32, 8000, []byte{0, 0, 5, 0, 0, 0, 0, 0x80}), [][]int16{{5, -32768}}},
		"float":            {wavFile(3, 1, 32, 8000, floats(0, 0.5, -1, 7, -7, float32(math.NaN()))), [][]int16{{0, 16384, -32768, 32767, -32768, 0}}},
		"double":           {wavFile(3, 1, 64, 8000, binary.LittleEndian.AppendUint64(nil, math.Float64bits(0.25))), [][]int16{{8192}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadWAV(bytes.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.EqualFunc(got, c.want, slices.Equal) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// The samples were decoded by libgsm.
func TestGSMIsDecodedExactly(t *testing.T) {
	got, err := ReadWAVFile("testdata/gsm.wav")
	if err != nil {
		t.Fatal(err)
	}
	if want := linearFile(t, "testdata/gsm.pcm"); len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("got %d channels of %d samples that differ from the %d of libgsm", len(got), len(got[0]), len(want))
	}
}

func TestRecordingIsReadNoFurtherThanItMayLast(t *testing.T) {
	file, err := os.ReadFile("testdata/gsm.wav")
	if err != nil {
		t.Fatal(err)
	}
	all, err := ReadShortWAV(bytes.NewReader(file), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	length := timbre.Duration(len(all[0]))
	if _, err := ReadShortWAV(bytes.NewReader(file), length); err != nil {
		t.Errorf("got %v for one that lasts %v, want it read", err, length)
	}
	if _, err := ReadShortWAV(bytes.NewReader(file), length-1); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("got %v for one that is longer, want Invalid", err)
	}
}

func TestMissingFileIsNotFound(t *testing.T) {
	if _, err := ReadWAVFile("testdata/missing.wav"); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

func TestDataOfUnknownLengthLastsToTheEnd(t *testing.T) {
	for _, size := range []uint32{0, math.MaxUint32} {
		file := wavFile(1, 1, 16, 8000, linear(1, 2))
		binary.LittleEndian.PutUint32(file[len(file)-8:], size)
		got, err := ReadWAV(bytes.NewReader(file))
		if err != nil || !slices.Equal(got[0], []int16{1, 2}) {
			t.Errorf("size %#x: got %v, %v, want [1 2]", size, got, err)
		}
	}
}

func TestSixteenKilohertzBecomesEight(t *testing.T) {
	in := tone(1000, 12000)
	got, err := ReadWAV(bytes.NewReader(wavFile(1, 2, 16, 16000, linear(slices.Concat(in, in)...))))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || len(got[0]) != 8000 || len(got[1]) != 8000 {
		t.Fatalf("got %d channels, the first of %d samples, want 2 of 8000", len(got), len(got[0]))
	}
}

func TestOtherFilesAreRefusedByName(t *testing.T) {
	short := wavFile(1, 1, 16, 8000, linear(1, 2, 3))
	for want, file := range map[string][]byte{
		"12-bit PCM at 44100 Hz is not supported; PCM of 8, 16, 24 or 32 bits": wavFile(1, 2, 12, 44100, nil),
		"16-bit PCM at 7999 Hz is not supported":                               wavFile(1, 1, 16, 7999, nil),
		"16-bit PCM at 192001 Hz is not supported":                             wavFile(1, 1, 16, 192001, nil),
		"16-bit µ-law at 8000 Hz is not supported":                             wavFile(7, 1, 16, 8000, nil),
		"16-bit floating point at 16000 Hz is not supported":                   wavFile(3, 1, 16, 16000, nil),
		"2 channels of GSM 6.10 is not supported":                              wavFile(0x31, 2, 0, 8000, nil),
		"WAV format 0x0055 at 8000 Hz is not supported":                        wavFile(0x55, 1, 0, 8000, nil),
		"6 channels of 16-bit PCM is not supported":                            wavFile(1, 6, 16, 8000, nil),
		"0 channels of 16-bit PCM is not supported":                            wavFile(1, 0, 16, 8000, nil),
		"not a WAV file":                                      []byte("OggS and so on, long enough"),
		"has no data chunk":                                   short[:36],
		"no fmt chunk before its data":                        riff(chunk("data", linear(1))),
		"fmt chunk of the WAV file is 4 bytes long":           riff(chunk("fmt ", linear(1, 1)), chunk("data", nil)),
		`cut off: its "data" chunk says 6 bytes, 4 are there`: short[:len(short)-2],
		"does not say how its audio is coded":                 wavFile(0, 1, 16, 8000, nil),
	} {
		t.Run(want, func(t *testing.T) {
			_, err := ReadWAV(bytes.NewReader(file))
			if err == nil || !strings.Contains(err.Error(), want) || timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(wavFile(1, 1, 16, 8000, linear(1, 2, 3)))
	f.Add(wavFile(1, 2, 16, 16000, linear(1, 2, 3, 4)))
	f.Add(wavFile(7, 1, 8, 8000, []byte{1, 2, 3}))
	f.Add(wavFile(6, 2, 8, 16000, []byte{1, 2, 3, 4}))
	f.Add(wavFile(1, 2, 24, 44100, make([]byte, 12)))
	f.Add(wavFile(1, 1, 8, 11025, make([]byte, 13)))
	f.Add(wavFile(3, 1, 64, 48000, make([]byte, 24)))
	f.Add(wavFile(0x31, 1, 0, 8000, make([]byte, 140)))
	f.Fuzz(func(t *testing.T, file []byte) {
		channels, err := ReadWAV(bytes.NewReader(file))
		if err != nil {
			if timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v, want Invalid", err)
			}
			return
		}
		if n := len(channels); n != 1 && n != 2 {
			t.Fatalf("got %d channels, want 1 or 2", n)
		}
		for _, c := range channels {
			if len(c) != len(channels[0]) || len(c) > 320*len(file)/65+1 {
				t.Fatalf("got %d samples of %d bytes, want as many as the first channel: %d", len(c), len(file), len(channels[0]))
			}
		}
	})
}
