package codec

import (
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
	encoded := map[timbre.Encoding][]byte{timbre.LinearPCM: linear(in...), timbre.MuLaw: ULaw.Encode(nil, in), timbre.ALaw: ALaw.Encode(nil, in)}
	heard := map[timbre.Encoding][]int16{timbre.LinearPCM: in, timbre.MuLaw: ULaw.Decode(nil, encoded[timbre.MuLaw]), timbre.ALaw: ALaw.Decode(nil, encoded[timbre.ALaw])}
	for name, payload := range encoded {
		for _, rate := range []int{8000, 16000} {
			want := heard[name]
			if rate == 16000 {
				want = Halve(want)
			}
			for _, size := range []int{1, 7, 160, 333, 5000} {
				d, err := NewRaw(name, rate)
				if err != nil {
					t.Fatal(err)
				}
				got := []int16{1, 2}
				width := len(payload) / len(in)
				for piece := range slices.Chunk(payload, size*width) {
					if got, err = d.Decode(got, piece); err != nil {
						t.Fatal(err)
					}
				}
				got = got[2:]
				late := 0
				if rate == 16000 {
					late = 14
				}
				if len(got) != len(in)*8000/rate || !slices.Equal(got[late:], want[:len(got)-late]) {
					t.Errorf("%s at %d Hz, %d at a time: got %d samples that differ from the whole", name, rate, size, len(got))
				}
			}
		}
	}
}

func TestUnknownRawEncodingIsRefused(t *testing.T) {
	for _, c := range []struct {
		encoding timbre.Encoding
		rate     int
	}{{"opus", 8000}, {"", 8000}, {timbre.MuLaw, 0}, {timbre.LinearPCM, 48000}} {
		if _, err := NewRaw(c.encoding, c.rate); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%v: got %v, want Invalid", c, err)
		}
	}
}
