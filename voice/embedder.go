// Package voice turns voiced audio of one person into the embedding of that voice, or says why the audio is too poor for
// one. It compares nothing and remembers nobody: that is search.
package voice

import (
	"context"
	"math"
	"time"

	"timbre"
)

// What goes into an embedding.
const (
	MinNet   = time.Second      // the least net speech: below it the calibration of scores knows nothing
	MaxAudio = 30 * time.Second // of longer audio the last part is used
	minAudio = 500 * time.Millisecond
)

// Dim is the number of values of an embedding.
const Dim = 256

// Embedder makes embeddings with one model. It is for any number of goroutines.
type Embedder struct {
	model timbre.WaveformModel
	name  string
}

// New makes an Embedder. name is the model's name and version; embeddings of different names are never compared.
func New(m timbre.WaveformModel, name string) *Embedder { return &Embedder{m, name} }

// Embed makes the embedding of a voice from pcm, at 8 kHz in [-1, 1): its voiced stretches with the margins around them.
// net is how much of that is speech. Audio that is too poor is an Unprocessable error that names the reason.
func (e *Embedder) Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	if extra := len(pcm) - timbre.Samples(MaxAudio); extra > 0 {
		pcm = pcm[extra:]
	}
	if reason := Flaw(pcm, net); reason != "" {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Unprocessable, "voice.Embed", "%s", reason)
	}
	vector, err := e.model.Wave(ctx, pcm)
	if err != nil {
		return timbre.Voiceprint{}, err
	}
	if len(vector) != Dim {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Internal, "voice.Embed", "model %s gives %d values, not %d", e.name, len(vector), Dim)
	}
	embedding, ok := normalize(vector)
	if !ok {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Unprocessable, "voice.Embed", "the audio has no voice that could be told from others")
	}
	return timbre.Voiceprint{Embedding: embedding, Net: net, Model: e.name}, nil
}

// normalize scales a vector to length 1; false if it points nowhere.
func normalize(vector []float32) (timbre.Embedding, bool) {
	var sum float64
	for _, v := range vector {
		sum += float64(v) * float64(v)
	}
	length := math.Sqrt(sum)
	if math.IsNaN(length) || math.IsInf(length, 0) || length < 1e-6 {
		return nil, false
	}
	unit := make(timbre.Embedding, len(vector))
	for i, v := range vector {
		unit[i] = float32(float64(v) / length)
	}
	return unit, true
}
