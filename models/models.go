// Package models embeds the default models: each sub-folder is one, in the form of package card, with its model card, which states
// training data, quality and limits, and the licence or notice of its authors. It provides bytes and names and runs nothing.
package models

import (
	"embed"
	"io/fs"

	"timbre"
	"timbre/models/card"
)

//go:embed speaker/model.yaml speaker/*.onnx speaker/calibration.json
//go:embed tone/model.yaml tone/*.onnx tone/calibration.json
//go:embed vad/model.yaml vad/*.onnx
//go:embed */model_card.md
var embedded embed.FS

// Folder is the embedded folder of the default model of a kind; nil if there is none.
func Folder(kind card.Kind) fs.FS {
	folder, err := fs.Sub(embedded, string(kind))
	if err != nil {
		return nil
	}
	if _, err := fs.Stat(folder, card.File); err != nil {
		return nil
	}
	return folder
}

// load loads an embedded model, whose card and checksum a test has verified.
func load(kind card.Kind) timbre.ONNXModel {
	c, err := card.Read(Folder(kind))
	if err != nil {
		panic(err)
	}
	m, err := c.Load(Folder(kind))
	if err != nil {
		panic(err)
	}
	return m
}

// Speaker computes speaker embeddings.
func Speaker() timbre.ONNXModel { return load(card.Speaker) }

// Calibration is the JSON document that maps scores of Speaker to probabilities. Its field "what" states the formula.
func Calibration() []byte { return calibration(card.Speaker) }

// ToneCalibration is the JSON document that maps the scores of Tone to those that are reported. Its field "what" states the formula.
func ToneCalibration() []byte { return calibration(card.Tone) }

// calibration reads that of an embedded model.
func calibration(kind card.Kind) []byte {
	folder := Folder(kind)
	c, err := card.Read(folder)
	if err != nil {
		panic(err)
	}
	document, err := c.ReadCalibration(folder)
	if err != nil {
		panic(err)
	}
	return document
}

// Tone scores voice tone: 3 to 30 s of samples in; positive, neutral and negative out, with sum 1.
func Tone() timbre.ONNXModel { return load(card.Tone) }

// VAD detects voice activity: input [steps, legs, 288] (windows that follow each other, each of the 32 samples before it and its 256) and
// state [2, legs, 128] in; probabilities of speech [steps, legs] and the next state out.
func VAD() timbre.ONNXModel { return load(card.VAD) }
