package codec

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"timbre"
)

func TestRawPiecesOfAnyLength(t *testing.T) {
	in := make([]int16, 4001)
	for i := range in {
		in[i] = int16(rand.IntN(65536) - 32768)
	}
	u, a := ULaw.Encode(nil, in), ALaw.Encode(nil, in)
	for c, payload := range map[timbre.Codec][]byte{
		timbre.LinearPCM: linear(in...), timbre.WideLinearPCM: linear(in...), timbre.PCMU: u, timbre.WidePCMU: u, timbre.PCMA: a, timbre.WidePCMA: a,
	} {
		want := map[timbre.Codec][]int16{timbre.WideLinearPCM: Halve(in), timbre.PCMU: ULaw.Decode(nil, u), timbre.PCMA: ALaw.Decode(nil, a)}[c]
		late := 0
		switch c {
		case timbre.LinearPCM:
			want = in
		case timbre.WidePCMU:
			want = Halve(ULaw.Decode(nil, u))
		case timbre.WidePCMA:
			want = Halve(ALaw.Decode(nil, a))
		}
		if c.ClockRate() == 16000 { // delayed by the filter
			late = 14
		}
		for _, size := range []int{1, 7, 160, 333, 5000} {
			d, err := NewDecoder(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := []int16{1, 2}
			for piece := range slices.Chunk(payload, size*c.SampleBytes()) {
				before := len(got)
				if got, err = d.Decode(got, piece); err != nil {
					t.Fatal(err)
				}
				if n := Samples(c, piece); n != len(got)-before && n != len(got)-before+1 {
					t.Errorf("%s: got %d samples promised of a piece with %d", c, n, len(got)-before)
				}
			}
			got = got[2:]
			if len(got) != len(in)*8000/c.ClockRate() || !slices.Equal(got[late:], want[:len(got)-late]) {
				t.Errorf("%s at %d Hz, %d at a time: got %d samples that differ from the whole", c, c.ClockRate(), size, len(got))
			}
		}
	}
}

func TestRawResetForgetsTheAudioBefore(t *testing.T) {
	d, _ := NewDecoder(timbre.WideLinearPCM, nil)
	_, _ = d.Decode(nil, linear(30000, -30000, 30000))
	d.Reset()
	if pcm, _ := d.Decode(nil, make([]byte, 320)); slices.ContainsFunc(pcm, func(s int16) bool { return s != 0 }) {
		t.Errorf("got %v, want silence", pcm)
	}
}

func TestByteOrderIsFoundFromTheAudio(t *testing.T) {
	voice := Halve(linearFile(t, "testdata/g722.pcm"))
	for name, order := range map[string]binary.AppendByteOrder{"big": binary.BigEndian, "little": binary.LittleEndian} {
		for volume, shift := range map[string]int{"loud": 0, "quiet": 6} {
			t.Run(name+" "+volume, func(t *testing.T) {
				d, _ := NewDecoder(timbre.L16, nil)
				wrong := 0
				for piece := range slices.Chunk(slices.Clone(voice), 160) {
					var payload []byte
					for i := range piece {
						piece[i] >>= shift
						payload = order.AppendUint16(payload, uint16(piece[i]))
					}
					if got, _ := d.Decode(nil, payload); !slices.Equal(got, piece) {
						wrong++
					}
				}
				if wrong > 5 {
					t.Errorf("got %d pieces of %d in the wrong byte order, want hardly any", wrong, len(voice)/160)
				}
			})
		}
	}
}

// A piece that tells nothing, or one that misleads, does not change the order.
func TestByteOrderStays(t *testing.T) {
	smooth, noise := make([]byte, 0, 320), make([]byte, 320)
	for i := range 160 {
		smooth = binary.LittleEndian.AppendUint16(smooth, uint16(i*13))
	}
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	swapped := slices.Clone(smooth)
	for i := 0; i < len(swapped); i += 2 {
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
	}
	var o byteOrder
	for i, step := range []struct {
		payload []byte
		want    binary.ByteOrder
	}{{nil, binary.BigEndian}, {noise, binary.BigEndian}, {smooth, binary.LittleEndian}, {smooth, binary.LittleEndian}, {swapped, binary.LittleEndian}, {noise, binary.LittleEndian}, {make([]byte, 320), binary.LittleEndian}, {swapped, binary.BigEndian}} {
		if got := o.of(step.payload); got != step.want {
			t.Errorf("piece %d: got %v, want %v", i, got, step.want)
		}
	}
}
