package codec

import (
	"slices"
	"testing"
)

func TestHalverMatchesHalve(t *testing.T) {
	in := tone(700, 9000)
	want := Halve(in)
	for _, size := range []int{2, 40, 320, 1920} {
		var h halver
		var got []int16
		for piece := range slices.Chunk(in, size) {
			room := h.input(len(piece))
			for i, s := range piece {
				room[i] = float32(s) / 32768
			}
			got = h.halve(got)
		}
		if len(got) != len(want) {
			t.Fatalf("%d at a time: got %d samples, want %d", size, len(got), len(want))
		}
		if !slices.Equal(got[14:], want[:len(want)-14]) {
			t.Errorf("%d at a time: got other samples than from Halve", size)
		}
	}
}
