package timbre

import "context"

// WaveformModel runs a neural network on audio: samples at 8 kHz in [-1, 1) in, its output vector out.
type WaveformModel interface {
	Wave(ctx context.Context, samples []float32) ([]float32, error)
}

// ONNXModel is the ONNX file of a neural network and the names needed to run it.
type ONNXModel struct {
	Name, Version string
	ONNX          []byte   // read-only
	Inputs        []string // names of inputs and outputs, in the order in which a run takes and returns them
	Outputs       []string
}

// String is the name and version that results carry: only embeddings of equal ones are compared.
func (m ONNXModel) String() string { return m.Name + " " + m.Version }
