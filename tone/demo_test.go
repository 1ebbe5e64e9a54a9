package tone_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
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
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	m := models.Tone()
	net, err := r.Load(m, infer.Long)
	if err != nil {
		t.Fatal(err)
	}
	c, err := tone.ParseCalibration(models.ToneCalibration())
	if err != nil {
		t.Fatal(err)
	}
	return tone.New(net, c)
}

// The card of the model states its output without voice: neutral, 0.91. That also pins the order of its outputs.
func TestToneOfSilenceIsNeutral(t *testing.T) {
	got, err := scorer(t).Score(t.Context(), 0, caller(t, "silent_caller"), new(timbre.Past))
	if err != nil || got.Label() != "neutral" || got.Neutral < 0.85 {
		t.Errorf("got %+v, %v, want neutral above 0.85", got, err)
	}
}

func BenchmarkTone(b *testing.B) {
	s, pcm := scorer(b), caller(b, "s1_enrol")
	for _, d := range []time.Duration{10 * time.Second, 30 * time.Second} {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Score(b.Context(), 0, pcm[:timbre.Samples(d)], new(timbre.Past)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/d.Seconds(), "rtf")
		})
	}
}

// The reference is what train/tone/reference.py computed with ONNX Runtime in Python, of the network before it was cut behind its frames.
func TestScoresEqualThoseOfThePythonReference(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var want []struct {
		Call                        string
		Seconds                     int
		Positive, Neutral, Negative float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	s := scorer(t)
	for _, w := range want {
		pcm := caller(t, w.Call)
		got, err := s.Score(t.Context(), 0, pcm[:min(len(pcm), w.Seconds*timbre.SampleRate)], new(timbre.Past))
		if err != nil {
			t.Fatal(err)
		}
		if d := max(math.Abs(got.Positive-w.Positive), math.Abs(got.Neutral-w.Neutral), math.Abs(got.Negative-w.Negative)); d > 1e-4 {
			t.Errorf("%s, %d s: got %+v, want %+v", w.Call, w.Seconds, got, w)
		}
	}
}
