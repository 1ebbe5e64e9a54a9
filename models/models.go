// Package models embeds the weights of the default models, with their cards and licences beside them. It provides bytes and
// names and runs nothing. Each sub-folder is one model: its card states training data, quality and limits; its licence or notice
// is that of its authors.
package models

import _ "embed" // the weights

// Model is the ONNX file of a model and the names needed to run it.
type Model struct {
	Name, Version string
	ONNX          []byte   // read-only
	Inputs        []string // names of inputs and outputs, in the order in which Run takes and returns them
	Outputs       []string
}

// String is the name and version that results carry: only embeddings of equal ones are compared.
func (m Model) String() string { return m.Name + " " + m.Version }

//go:embed speaker/speaker.onnx
var speaker []byte

//go:embed speaker/calibration.json
var calibration []byte

//go:embed tone/tone.onnx
var tone []byte

//go:embed vad/silero_vad_v6.onnx
var vad []byte

// Speaker computes speaker embeddings: samples [1, n], n ≥ 4,000, in; embedding [1, 256] of length 1 out.
func Speaker() Model {
	return Model{"speaker-tel8k-ft", "1.1.0", speaker, []string{"samples"}, []string{"embedding"}}
}

// Calibration is the JSON document that maps scores of Speaker to probabilities. Its field "what" states the formula.
func Calibration() []byte { return calibration }

// Tone scores voice tone: samples [1, n], 3 to 30 s, in; tone [1, 3] out: positive, neutral, negative, with sum 1.
func Tone() Model { return Model{"tone", "1", tone, []string{"samples"}, []string{"tone"}} }

// VAD detects voice activity: input [1, 288] (the 32 samples before the window and its 256), state [2, 1, 128] and the sample rate
// in; the probability of speech [1, 1] and the next state out.
func VAD() Model {
	return Model{"silero-vad", "6", vad, []string{"input", "state", "sr"}, []string{"output", "stateN"}}
}
