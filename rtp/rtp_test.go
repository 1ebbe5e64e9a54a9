package rtp

import (
	"testing"

	"timbre/rtp/codec"
)

func TestCodecsAreKnownByNameAndRate(t *testing.T) {
	for _, c := range []struct {
		name string
		rate int
		want Codec
	}{
		{"pcmu", 8000, PCMU},
		{"PCMA", 8000, PCMA},
		{"G722", 8000, G722},
		{"opus", 48000, Opus},
		{"CN", 8000, ComfortNoise},
		{"CN", 16000, ComfortNoise},
		{"telephone-event", 8000, TelephoneEvent},
		{"telephone-event", 48000, TelephoneEvent},
		{"PCMU", 16000, 0},
		{"G722", 16000, 0},
		{"opus", 16000, 0},
		{"G729", 8000, 0},
		{"", 8000, 0},
		{"", 0, 0},
	} {
		if got, ok := ParseCodec(c.name, c.rate); ok != (c.want != 0) || ok && got != c.want {
			t.Errorf("%s/%d: %v, %v", c.name, c.rate, got, ok)
		}
	}
}

func TestEachCodecWithAudioHasADecoder(t *testing.T) {
	for c := PCMU; c < TelephoneEvent; c++ {
		if _, err := codec.NewDecoder(names[c]); err != nil {
			t.Error(err)
		}
	}
}
