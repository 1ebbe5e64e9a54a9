package voice_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
)

// The reference is the network in PyTorch, in single precision: train/speaker/reference.py writes it.
func TestEmbeddingEqualsReference(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		File          string
		Start, Length int
		Embedding     timbre.Embedding
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("got %d cases, %v", len(cases), err)
	}
	net := speakerModel(t)
	for _, c := range cases {
		t.Run(c.File, func(t *testing.T) {
			pcm := caller(t, c.File)
			got, err := net.Wave(t.Context(), pcm[c.Start:min(c.Start+c.Length, len(pcm))])
			if err != nil || len(got) != len(c.Embedding) {
				t.Fatalf("got %d values, %v, want %d", len(got), err, len(c.Embedding))
			}
			if cosine := dot(got, c.Embedding) / math.Sqrt(dot(got, got)*dot(c.Embedding, c.Embedding)); cosine < 0.99999 {
				t.Errorf("got cosine %.7f with the reference, want at least 0.99999", cosine)
			}
		})
	}
}

// The level of a call says nothing about who speaks.
func TestGainAndOffsetDoNotMoveEmbedding(t *testing.T) {
	net, pcm := speakerModel(t), caller(t, "s1_enrol_caller.wav")[16000:96000]
	embed := func(gain, offset float32) []float32 {
		x := make([]float32, len(pcm))
		for i, v := range pcm {
			x[i] = gain*v + offset
		}
		e, err := net.Wave(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	want := embed(1, 0)
	for _, c := range []struct{ gain, offset float32 }{{0.05, 0}, {1.9, 0}, {-1, 0}, {1, 0.1}} {
		if cosine := dot(want, embed(c.gain, c.offset)); cosine < 0.9999 {
			t.Errorf("gain %v, offset %v: got cosine %.6f, want at least 0.9999", c.gain, c.offset, cosine)
		}
	}
}

func speakerModel(t testing.TB) *infer.Model {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	net, err := r.Load(models.Speaker(), infer.Long)
	if err != nil {
		t.Fatal(err)
	}
	return net
}

func dot(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}
