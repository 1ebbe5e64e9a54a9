package node

import (
	"path/filepath"

	"timbre"
	"timbre/config"
	"timbre/infer"
	"timbre/models/card"
	"timbre/models/library"
	"timbre/tone"
	"timbre/tone/words"
)

// loadWords loads the speech recognition that judges words; nil if the settings leave words out of tone.
func loadWords(s config.Tone, runtime *infer.Runtime) (tone.Words, error) {
	if s.Words != "on" {
		return nil, nil
	}
	encoder, err := loadPart(s.WordsModel, runtime, "encoder", words.EncoderInputs, words.EncoderOutputs)
	if err != nil {
		return nil, err
	}
	decoder, err := loadPart(s.WordsModel, runtime, "decoder", words.DecoderInputs, words.DecoderOutputs)
	if err != nil {
		return nil, err
	}
	tokens, err := readPart(s.WordsModel, "*tokens.txt")
	if err != nil {
		return nil, err
	}
	w, err := words.NewWhisper(encoder, decoder, tokens)
	if err != nil {
		return nil, err
	}
	return words.New(w), nil
}

// loadPart loads the encoder or the decoder of a folder: the quantised one, if there are both.
func loadPart(folder string, runtime *infer.Runtime, part string, inputs, outputs []string) (*infer.Model, error) {
	onnx, err := readPart(folder, "*"+part+".int8.onnx", "*"+part+".onnx")
	if err != nil {
		return nil, err
	}
	return runtime.Load(timbre.ONNXModel{Name: "words-" + part, ONNX: onnx, Inputs: inputs, Outputs: outputs}, infer.Long)
}

// readPart reads the first file of a folder that matches a pattern, in the order of the patterns.
func readPart(folder string, patterns ...string) ([]byte, error) {
	for _, p := range patterns {
		files, err := filepath.Glob(filepath.Join(folder, p))
		if err == nil && len(files) > 0 {
			return library.ReadFile(files[0], card.MaxFile)
		}
	}
	return nil, timbre.Errorf(timbre.Invalid, "", "tone.words needs a Whisper model, and tone.words_model, %q, has no %s", folder, patterns[len(patterns)-1])
}
