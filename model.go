package timbre

import (
	"context"
	"time"
)

// WaveformModel runs a neural network on audio: samples at 8 kHz in [-1, 1) in, its output vector out.
type WaveformModel interface {
	Wave(ctx context.Context, samples []float32) ([]float32, error)
}

// StreamModel runs a neural network on the last part of audio that goes on. What it has made of earlier parts it makes once.
type StreamModel interface {
	// Stream is Wave for samples of which the first is the given one of all the audio. The past is one audio's, and for one run at a time.
	Stream(ctx context.Context, first int, samples []float32, past *Past) ([]float32, error)
}

// Past is what a network keeps of audio between two runs. The zero value: nothing yet.
type Past struct {
	First int       // number of the first frame
	Rows  []float32 // of Frames.Values each
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
	Frames     Frames
}

// Frames are what a network makes of audio piece by piece, whatever the rest of it. It takes those of earlier audio as its second
// input, [1, frames, Values], whose last one the samples begin with, and gives those to keep as its second output: all but the last,
// which may change with the next sample. The zero value: it takes all the audio anew.
type Frames struct {
	Length, Hop int // samples of a frame, and from one to the next
	Values      int // of a frame
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
