package timbre

import "context"

// WaveformModel runs a neural network on audio: samples at 8 kHz in [-1, 1) in, its output vector out.
type WaveformModel interface {
	Wave(ctx context.Context, samples []float32) ([]float32, error)
}
