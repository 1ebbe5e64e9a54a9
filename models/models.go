// Package models embeds the weights of the default models, with their cards and licences beside them. It provides bytes and
// names and runs nothing. Each sub-folder is one model: its card states training data, quality and limits; its licence or notice
// is that of its authors.
package models

import (
	_ "embed" // the weights

	"timbre"
)

//go:embed speaker/speaker.onnx
var speaker []byte

//go:embed speaker/calibration.json
var calibration []byte

//go:embed tone/tone.onnx
var tone []byte

//go:embed vad/silero_vad_v6.onnx
var vad []byte

// Speaker computes speaker embeddings: samples [1, n], n ≥ 4,000, in; embedding [1, 256] of length 1 out.
func Speaker() timbre.ONNXModel {
	return timbre.ONNXModel{Name: "speaker-tel8k-ft", Version: "1.1.0", ONNX: speaker, Inputs: []string{"samples"}, Outputs: []string{"embedding"}}
}

// Calibration is the JSON document that maps scores of Speaker to probabilities. Its field "what" states the formula.
func Calibration() []byte { return calibration }

// Tone scores voice tone: samples [1, n], 3 to 30 s, in; tone [1, 3] out: positive, neutral, negative, with sum 1.
func Tone() timbre.ONNXModel {
	return timbre.ONNXModel{Name: "tone", Version: "1", ONNX: tone, Inputs: []string{"samples"}, Outputs: []string{"tone"}}
}

// VAD detects voice activity: input [1, 288] (the 32 samples before the window and its 256), state [2, 1, 128] and the sample rate
// in; the probability of speech [1, 1] and the next state out.
func VAD() timbre.ONNXModel {
	return timbre.ONNXModel{Name: "silero-vad", Version: "6", ONNX: vad, Inputs: []string{"input", "state", "sr"}, Outputs: []string{"output", "stateN"}}
}
