// Package card reads model folders: a folder holds one neural network as an ONNX file, and model.yaml, its card, which says what the
// network is, where it comes from, and how to run it. A folder comes in; a model that may be loaded goes out, or one sentence that
// says what is wrong. The package runs nothing.
package card

import (
	"timbre"
)

// File is the name of a card in its folder.
const File = "model.yaml"

// Kind is what a model is for.
type Kind string

// The kinds of models.
const (
	Speaker Kind = "speaker" // audio → embedding of the voice
	Tone    Kind = "tone"    // audio → positive, neutral, negative
	VAD     Kind = "vad"     // a window of audio, with state → probability of speech
	Spoof   Kind = "spoof"   // audio → probability that the voice is synthetic
)

// Kinds are all kinds, in the order in which lists show them.
var Kinds = []Kind{Speaker, Tone, VAD, Spoof}

// Card is a card that has been checked.
type Card struct {
	Kind          Kind
	Name, Version string
	File, Sum     string // of the ONNX file, which lies in the folder
	Licence       string // an SPDX identifier, or the name of a licence
	Source        string // where the model comes from: an address, or a sentence
	Inputs        []string
	Outputs       []string
	Input         timbre.AudioInput
	Dimension     int
	Calibration   string  // of a speaker or tone model: a file in the folder; empty: none
	Threshold     float64 // of a spoof model: the score from which on it warns
}

// ID is the name and version by which commands and settings name a model: NAME@VERSION.
func (c Card) ID() string { return c.Name + "@" + c.Version }

// Model is the card's model with the bytes of its file.
func (c Card) Model(onnx []byte) timbre.ONNXModel {
	return timbre.ONNXModel{
		Name: c.Name, Version: c.Version, Sum: c.Sum, ONNX: onnx,
		Inputs: c.Inputs, Outputs: c.Outputs, Input: c.Input, Dimension: c.Dimension,
	}
}
