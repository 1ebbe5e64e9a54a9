package timbre_test

import (
	"slices"
	"testing"

	"timbre"
)

func TestWaveScalesSamplesExactly(t *testing.T) {
	pcm := []int16{0, 1, -1, 16384, 32767, -32768}
	got := timbre.Wave([]float32{9}, pcm)
	if want := []float32{9, 0, 1. / 32768, -1. / 32768, 0.5, 32767. / 32768, -1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
