package timbre

import (
	"context"
	"time"
)

// WaveformModel runs a neural network on audio: samples at 8 kHz in [-1, 1) in, its output vector out.
type WaveformModel interface {
	Wave(ctx context.Context, samples []float32) ([]float32, error)
}

// ONNXModel is the ONNX file of a neural network and what its card says of running it.
type ONNXModel struct {
	Name, Version string
	Sum           string   // SHA-256 of ONNX, in hexadecimal
	ONNX          []byte   // read-only
	Inputs        []string // names of inputs and outputs, in the order in which a run takes and returns them
	Outputs       []string
	Input         AudioInput
	Dimension     int // values of the first output; 0: any
}

// String is the id that results carry: name, version, and the first digits of the checksum. Only embeddings of equal ones are
// compared, so two files are never taken for one model, whatever their cards say.
func (m ONNXModel) String() string {
	if m.Sum == "" {
		return m.Name + " " + m.Version
	}
	return m.Name + " " + m.Version + " " + m.Sum[:min(8, len(m.Sum))]
}

// AudioInput is how a network takes audio. The zero value: the samples at 8 kHz, in [-1, 1), as many as there are.
type AudioInput struct {
	Rate       int     // of the samples: SampleRate, or twice that; 0: SampleRate
	Min, Max   int     // samples at Rate; of longer audio the last part is used; 0: no limit
	Level      float64 // RMS that the audio is scaled to, in dBFS, below 0; 0: as it is
	Int16      bool    // samples in ±32,768, rather than ±1
	Filterbank *Filterbank
}

// Filterbank is the log-mel spectrum that a network takes in place of samples, as Kaldi computes it, without dither.
type Filterbank struct {
	Mels         int
	Frame, Shift time.Duration
	Window       string // povey, hamming or hann
	Preemphasis  float64
	Low, High    float64 // Hz
	Floor        float64 // the least energy of a filter
	Mean         bool    // each filter's mean over the audio is subtracted
	FrequencyRow bool    // [1, F, T] rather than [1, T, F]
}
