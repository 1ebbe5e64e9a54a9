package codec

import (
	"encoding/binary"
	"math"
	"os"
	"testing"
)

// vectors are the streams in testdata, each a second of speech: NAME.opus holds the packets, each after its length in two
// bytes, and 0 for one that was lost; NAME.pcm is what libopus 1.3.1 makes of them at 16 kHz, halved, written by
//
//	go test -tags libopus,nolibopusfile -run TestLibopus ./rtp/codec -write
//
// Beside each stands how far below the signal a difference may be, in dB: what a lost packet does to those after it is up to
// an implementation.
var vectors = map[string]float64{"silk": 60, "hybrid": 60, "celt": 60, "spare": 45}

// packets reads a stream's packets; nil for a lost one.
func packets(t testing.TB, name string) (all [][]byte) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".opus")
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint16(b))
		if n == 0 {
			all = append(all, nil)
		} else {
			all = append(all, b[2:2+n])
		}
		b = b[2+n:]
	}
	return all
}

// play gives what is heard of a stream with an engine.
func play(t testing.TB, e engine, packets [][]byte) (all []int16) {
	t.Helper()
	d, lost := &opusDecoder{engine: e}, 0
	for i, p := range packets {
		if p == nil {
			lost++
			continue
		}
		missing := lost * OpusSamples(p)
		spare := d.Recover(nil, missing, p)
		all = append(append(all, make([]int16, missing-len(spare))...), spare...)
		heard, err := d.Decode(all, p)
		if err != nil || len(heard)-len(all) != OpusSamples(p) {
			t.Fatalf("packet %d: got %d samples, %v, want %d", i, len(heard)-len(all), err, OpusSamples(p))
		}
		all, lost = heard, 0
	}
	return all
}

// difference is how far below a signal its difference to another one lies, in dB; 99 without any.
func difference(want, got []int16) float64 {
	var signal, noise float64
	for i, w := range want {
		d := float64(w) - float64(got[i])
		signal, noise = signal+float64(w)*float64(w), noise+d*d
	}
	return min(99, 10*math.Log10(signal/noise))
}

func TestOpusMatchesLibopusVectors(t *testing.T) {
	for name, least := range vectors {
		want, got := linearFile(t, "testdata/"+name+".pcm"), play(t, newGoEngine(), packets(t, name))
		if len(got) != len(want) {
			t.Fatalf("%s: got %d samples, want %d", name, len(got), len(want))
		}
		if dB := difference(want, got); dB < least {
			t.Errorf("%s: got a difference %.1f dB below the signal, want %.1f", name, dB, float64(least))
		}
	}
}

func TestOpusSamples(t *testing.T) {
	for name, c := range map[string]struct {
		packet []byte
		want   int
	}{
		"nothing":                        {nil, 0},
		"SILK 10 ms":                     {[]byte{0 << 3, 1}, 80},
		"SILK 60 ms":                     {[]byte{11 << 3, 1}, 480},
		"both, 20 ms":                    {[]byte{15<<3 | 4, 1}, 160},
		"CELT 2.5 ms":                    {[]byte{16 << 3, 1}, 20},
		"CELT 20 ms, two":                {[]byte{31<<3 | 1, 1, 1}, 320},
		"two of different length":        {[]byte{31<<3 | 2, 1, 1, 1}, 320},
		"six of 20 ms":                   {[]byte{31<<3 | 3, 6}, 960},
		"seven of 20 ms":                 {[]byte{31<<3 | 3, 7}, 0},
		"two of 60 ms":                   {[]byte{3<<3 | 1, 1, 1}, 960},
		"48 of 2.5 ms":                   {[]byte{16<<3 | 3, 0xC0 | 48}, 960},
		"any number, but it is not said": {[]byte{31<<3 | 3}, 0},
		"none":                           {[]byte{31<<3 | 3, 0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := OpusSamples(c.packet); got != c.want {
				t.Errorf("%s: got %d samples, want %d", name, got, c.want)
			}
		})
	}
}

func TestOpusFECIsDetected(t *testing.T) {
	for name, c := range map[string]struct {
		packet []byte
		want   int
	}{
		"20 ms, none":           {[]byte{9 << 3, 0x80}, 0},
		"20 ms":                 {[]byte{9 << 3, 0x40}, 160},
		"60 ms, none":           {[]byte{11 << 3, 0xE0}, 0},
		"60 ms":                 {[]byte{11 << 3, 0x10}, 480},
		"stereo, second":        {[]byte{9<<3 | 4, 0x10}, 160},
		"stereo, none":          {[]byte{9<<3 | 4, 0xA0}, 0},
		"CELT":                  {[]byte{31 << 3, 0xFF}, 0},
		"silent":                {[]byte{9 << 3}, 0},
		"two of one length":     {[]byte{9<<3 | 1, 0x40, 0}, 160},
		"two, short first":      {[]byte{9<<3 | 2, 1, 0x40, 0}, 160},
		"two, long first":       {[]byte{9<<3 | 2, 252, 1, 0x40, 0}, 160},
		"three and padding":     {[]byte{9<<3 | 3, 0x40 | 3, 255, 2, 0x40, 0, 0, 0, 0}, 160},
		"two, lengths, padding": {[]byte{9<<3 | 3, 0xC0 | 2, 1, 1, 0x40, 0, 0}, 160},
		"cut off":               {[]byte{9<<3 | 3, 0xC0 | 3, 255}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := opusFECSamples(c.packet); got != c.want {
				t.Errorf("%s: got %d samples, want %d", name, got, c.want)
			}
		})
	}
}
