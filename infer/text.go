package infer

import (
	"context"
	"errors"

	"timbre"
)

// Encode runs an encoder of speech on a spectrogram, [1, bands, n].
func (m *Model) Encode(ctx context.Context, spectrogram []float32, bands int) ([][]float32, error) {
	return m.Run(ctx, Tensor{Shape: []int64{1, int64(bands), int64(len(spectrogram) / bands)}, Float: spectrogram})
}

// Decode runs a decoder on tokens, [1, n], at a position. The memory is its own keys and values and those of the audio, each
// [layers, 1, n, width].
func (m *Model) Decode(ctx context.Context, layers, width int, tokens []int64, position int, memory [4][]float32) ([][]float32, error) {
	in := make([]Tensor, 0, 6)
	in = append(in, Tensor{Shape: []int64{1, int64(len(tokens))}, Int: tokens})
	for _, v := range memory {
		in = append(in, Tensor{Shape: []int64{int64(layers), 1, int64(len(v) / layers / width), int64(width)}, Float: v})
	}
	return m.Run(ctx, append(in, Tensor{Shape: []int64{1}, Int: []int64{int64(position)}})...)
}

// Metadata returns the notes that the model's file carries.
func (m *Model) Metadata() (notes map[string]string, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.session == nil {
		return nil, m.errorf("the runtime is closed")
	}
	data, err := m.session.GetModelMetadata()
	if err != nil {
		return nil, m.errorf("%w", err)
	}
	defer func() { err = errors.Join(err, data.Destroy()) }()
	keys, err := data.GetCustomMetadataMapKeys()
	if err != nil {
		return nil, m.errorf("%w", err)
	}
	notes = make(map[string]string, len(keys))
	for _, k := range keys {
		if notes[k], _, err = data.LookupCustomMetadataMap(k); err != nil {
			return nil, timbre.Errorf(timbre.Internal, "infer.Metadata", "model %s: %s: %w", m.name, k, err)
		}
	}
	return notes, nil
}
