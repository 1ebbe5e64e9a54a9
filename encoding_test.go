package timbre

import "testing"

func TestEncodingsAreKnownByNameAndRate(t *testing.T) {
	for _, c := range []struct {
		name string
		rate int
		want Codec
	}{
		{"pcm_s16le", 8000, LinearPCM},
		{"pcm_s16le", 16000, WideLinearPCM},
		{"pcm_s16le", 24000, 0},
		{"mulaw", 8000, PCMU},
		{"mulaw", 16000, WidePCMU},
		{"audio/x-mulaw", 8000, PCMU},
		{"audio/PCMU", 8000, PCMU},
		{"PCMU", 48000, 0},
		{"alaw", 8000, PCMA},
		{"PCMA", 16000, WidePCMA},
		{"audio/x-l16", 8000, L16},
		{"L16", 16000, WideL16},
		{"L16", 0, 0},
		{"G722", 8000, G722},
		{"G722", 16000, G722},
		{"OPUS", 16000, Opus},
		{"opus", 48000, Opus},
		{"AMR-WB", 16000, 0},
		{"telephone-event", 8000, 0},
		{"CN", 8000, 0},
		{"", 8000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := ParseEncoding(c.name, c.rate); got != c.want || ok != (c.want != 0) {
				t.Errorf("%s at %d Hz: got %d, %t, want %d", c.name, c.rate, got, ok, c.want)
			}
		})
	}
}

// Samples without packets are no payload formats: SDP neither offers nor accepts them.
func TestSampleStreamsAreNotNegotiated(t *testing.T) {
	for c := LinearPCM; int(c) < len(codecs); c++ {
		if got, ok := ParseCodec(c.Name(), c.ClockRate(), 1); ok {
			t.Errorf("%s at %d Hz: got %v negotiated, want none", c.Name(), c.ClockRate(), got)
		}
		if c.Kind() != SampleStream || c.SampleBytes() == 0 {
			t.Errorf("%s at %d Hz: got kind %d, samples of %d bytes", c.Name(), c.ClockRate(), c.Kind(), c.SampleBytes())
		}
	}
}
