package tone_test

import (
	"fmt"
	"testing"
	"time"

	"timbre"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/tone"
)

func caller(t testing.TB, name string) []float32 {
	t.Helper()
	channels, err := codec.ReadWAVFile("../cmd/timbre/demo/calls/" + name + "_caller.wav")
	if err != nil {
		t.Fatal(err)
	}
	return timbre.Wave(nil, channels[0])
}

func scorer(t testing.TB) *tone.Scorer {
	t.Helper()
	r, err := infer.New(infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	m := models.Tone()
	net, err := r.Load(m, infer.Long)
	if err != nil {
		t.Fatal(err)
	}
	return tone.New(net)
}

// The card of the model states its output without voice: neutral, 0.91. That also pins the order of its outputs.
func TestToneOfSilenceIsNeutral(t *testing.T) {
	got, err := scorer(t).Score(t.Context(), caller(t, "silent_caller"))
	if err != nil || got.Label() != "neutral" || got.Neutral < 0.85 {
		t.Errorf("got %+v, %v, want neutral above 0.85", got, err)
	}
}

func BenchmarkTone(b *testing.B) {
	s, pcm := scorer(b), caller(b, "s1_enrol")
	for _, d := range []time.Duration{10 * time.Second, 30 * time.Second} {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Score(b.Context(), pcm[:timbre.Samples(d)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/d.Seconds(), "rtf")
		})
	}
}
