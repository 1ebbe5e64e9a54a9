package codec

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"timbre"
)

// linearFile is a file of 16-bit little-endian samples.
func linearFile(t testing.TB, name string) []int16 {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}

// testdata/g722.bin is a second of speech with noise above 4.5 kHz as ffmpeg 5.1 encodes it, g722.pcm what it decodes.
func TestG722IsBitExactWithFFmpeg(t *testing.T) {
	coded, err := os.ReadFile("testdata/g722.bin")
	if err != nil {
		t.Fatal(err)
	}
	want := linearFile(t, "testdata/g722.pcm")
	for _, size := range []int{80, 160, 240, 480} { // 10 to 60 ms a packet
		d := newG722()
		var got []int16
		for payload := range slices.Chunk(coded, size) {
			if _, err := d.Decode(nil, payload); err != nil {
				t.Fatal(err)
			}
			got = append(got, d.pcm...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%d bytes a packet: got %d samples that differ from the %d of ffmpeg", size, len(got), len(want))
		}
	}
}

func TestG722IsDecodedTo8kHz(t *testing.T) {
	coded, err := os.ReadFile("testdata/g722.bin")
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(timbre.G722, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []int16
	for payload := range slices.Chunk(coded, 160) {
		before := len(got)
		if got, err = d.Decode(got, payload); err != nil || len(got)-before != len(payload) {
			t.Fatalf("got %d samples of %d bytes: %v", len(got)-before, len(payload), err)
		}
	}
	want := Halve(linearFile(t, "testdata/g722.pcm"))
	if level(want) < 500 {
		t.Fatalf("got level %.0f, want at least 500", level(want))
	}
	if !slices.Equal(got[14:], want[:len(want)-14]) {
		t.Error("got other samples than the halved ones")
	}
}
