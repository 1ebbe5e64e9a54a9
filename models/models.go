// Package models holds the weights that the product ships, with their cards and licences, inside the binary. It gives
// bytes and names; it runs nothing. Each sub-folder is one model and what must stay beside it: its card says what it was
// made from, how good it is and where it is weak; its licence or notice is that of whoever made it.
package models

import _ "embed" // the weights

// Model is the ONNX file of a model and what one needs to know to run it.
type Model struct {
	Name, Version string
	ONNX          []byte   // never to be written to
	Inputs        []string // names of its inputs and outputs, in the order that they are given and taken
	Outputs       []string
}

// String is the name and version by which results are marked: embeddings compare only when it is equal.
func (m Model) String() string { return m.Name + " " + m.Version }

//go:embed speaker/speaker.onnx
var speaker []byte

//go:embed speaker/calibration.json
var calibration []byte

//go:embed tone/tone.onnx
var tone []byte

//go:embed vad/silero_vad_v6.onnx
var vad []byte

// Speaker makes an embedding of a voice: samples [1, n], n ≥ 4,000, in; embedding [1, 256], of length 1, out.
func Speaker() Model {
	return Model{"speaker-tel8k-ft", "1.1.0", speaker, []string{"samples"}, []string{"embedding"}}
}

// Calibration is the JSON document that turns scores of Speaker into probabilities. Its field "what" is the formula.
func Calibration() []byte { return calibration }

// Tone scores how a voice sounds: samples [1, n], 3 to 30 s, in; tone [1, 3] out: positive, neutral, negative, sum 1.
func Tone() Model { return Model{"tone", "1", tone, []string{"samples"}, []string{"tone"}} }

// VAD says whether somebody speaks: input [1, 288] (32 samples seen before, 256 new ones), state [2, 1, 128] and the
// sample rate in; the probability of speech [1, 1] and the next state out.
func VAD() Model {
	return Model{"silero-vad", "6", vad, []string{"input", "state", "sr"}, []string{"output", "stateN"}}
}
