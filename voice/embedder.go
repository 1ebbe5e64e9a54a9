// Package voice computes speaker embeddings. Voiced audio of one speaker comes in; its embedding goes out, or the reason why the
// audio is too poor for one. It compares and stores nothing: that is search.
package voice

import (
	"context"
	"math"
	"time"

	"timbre"
)

// What goes into an embedding.
const (
	MinNet   = time.Second // least net speech; the calibration of scores has no data below it
	MaxAudio = time.Minute // longer audio is cut to its last part
	minAudio = 500 * time.Millisecond
)

// Embedder computes embeddings with one model. It is safe for concurrent use.
type Embedder struct {
	model timbre.WaveformModel
	name  string
}

// New makes an Embedder. name is the name and version of the model; embeddings of different models are never compared.
func New(m timbre.WaveformModel, name string) *Embedder { return &Embedder{m, name} }

// Embed computes the embedding of the speaker of pcm: voiced stretches with their margins, at 8 kHz in [-1, 1). net is the net
// speech in it. Unprocessable, with the reason: the audio is too poor.
func (e *Embedder) Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	if extra := len(pcm) - timbre.Samples(MaxAudio); extra > 0 {
		pcm = pcm[extra:]
		net = min(net, MaxAudio)
	}
	if reason := Defect(pcm, net); reason != "" {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Unprocessable, "voice.Embed", "%s", reason)
	}
	vector, err := e.model.Wave(ctx, pcm)
	if err != nil {
		return timbre.Voiceprint{}, err
	}
	defer clear(vector)
	if len(vector) == 0 {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Internal, "voice.Embed", "model %s gives no values", e.name)
	}
	embedding, ok := normalize(vector)
	if !ok {
		return timbre.Voiceprint{}, timbre.Errorf(timbre.Unprocessable, "voice.Embed", "the audio has no voice to tell from others")
	}
	return timbre.Voiceprint{Embedding: embedding, Net: net, Model: e.name, Condition: MeasureQuality(pcm).Condition()}, nil
}

// normalize scales a vector to length 1. False: it has no direction.
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
