package voice_test

import (
	"fmt"
	"testing"
	"time"

	"timbre"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/voice"
)

// caller reads a leg of a demo call, nearly all of which is speech.
func caller(t testing.TB, name string) []float32 {
	t.Helper()
	channels, err := codec.ReadWAVFile("../cmd/timbre/demo/calls/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return timbre.Wave(nil, channels[0])
}

func embedder(t testing.TB) *voice.Embedder {
	t.Helper()
	return voice.New(speakerModel(t), models.Speaker().String())
}

func TestSameSpeakerScoresHigher(t *testing.T) {
	e := embedder(t)
	embed := func(name string) timbre.Embedding {
		v, err := e.Embed(t.Context(), caller(t, name), 30*time.Second)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return v.Embedding
	}
	first := embed("s1_enrol_caller.wav")
	if same, other := dot(first, embed("s1_second_caller.wav")), dot(first, embed("s5_second_caller.wav")); same < other+0.1 {
		t.Errorf("got score %v for the same speaker and %v for another, want 0.1 more", same, other)
	}
}

func TestLineNoiseIsRefused(t *testing.T) {
	if _, err := embedder(t).Embed(t.Context(), caller(t, "silent_caller_caller.wav"), 10*time.Second); timbre.KindOf(err) != timbre.Unprocessable {
		t.Errorf("got %v, want Unprocessable", err)
	}
}

func BenchmarkEmbedding(b *testing.B) {
	e, pcm := embedder(b), caller(b, "s1_enrol_caller.wav")
	for _, d := range []time.Duration{10 * time.Second, 20 * time.Second} {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Embed(b.Context(), pcm[:timbre.Samples(d)], d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/d.Seconds(), "rtf")
		})
	}
}

func BenchmarkVoices(b *testing.B) {
	e, pcm := embedder(b), caller(b, "s1_enrol_caller.wav")
	for _, d := range []time.Duration{10 * time.Second, 20 * time.Second} {
		b.Run(fmt.Sprint(d), func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Voices(b.Context(), pcm[:timbre.Samples(d)], d); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/d.Seconds(), "rtf")
		})
	}
}
