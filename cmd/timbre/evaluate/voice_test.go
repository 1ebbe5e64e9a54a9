package evaluate

import (
	"context"
	"testing"
	"time"

	"timbre"
)

// pair is an Embedder that hears two voices: the larger one for so long. Its voiceprints are of as many samples as they say.
type pair struct{ larger time.Duration }

func (p pair) Voices(_ context.Context, pcm []float32, net time.Duration) (timbre.Voices, error) {
	return timbre.Voices{PCM: pcm[:timbre.Samples(p.larger)], Net: p.larger, Other: net - p.larger}, nil
}

func (pair) Embed(_ context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	return timbre.Voiceprint{Embedding: timbre.Embedding{float32(len(pcm))}, Net: net}, nil
}

func TestTwoVoicesAreSearchedAndEnrolledAsInATask(t *testing.T) {
	const all = 10 * time.Second
	for _, c := range []struct {
		name   string
		larger time.Duration
		as     role
		of     time.Duration // what the voiceprint is of; 0: there is none
	}{
		{"one is enough to search", 6 * time.Second, calling, 6 * time.Second},
		{"one is enough to enrol", 6 * time.Second, enrolling, 6 * time.Second},
		{"neither is enough to search alone", 2 * time.Second, calling, all},
		{"neither is enough to enrol", 2 * time.Second, enrolling, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Ears{Embedder: pair{c.larger}}.voice(t.Context(), "x", heard{pcm: make([]int16, timbre.Samples(all)), net: all}, c.as)
			if err != nil || !v.Second || (v.Refused == "") != (c.of > 0) {
				t.Fatalf("got %+v, %v, want a second voice, and refused: %v", v, err, c.of == 0)
			}
			if c.of > 0 && (v.Net != c.of || v.Print.Embedding[0] != float32(timbre.Samples(c.of))) {
				t.Errorf("got a voiceprint of %v, %v samples, want %v", v.Net, v.Print.Embedding[0], c.of)
			}
		})
	}
}
