package modelstest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre/models/card"
)

// Form is an input form of tiny speaker models.
type Form struct {
	Name  string
	ONNX  []byte
	Input string // the card's section input, and inputs

	between float64 // cosine
}

const filterbank = "input: {form: filterbank, rate: %d, scale: int16, mels: 40, frame_ms: 25, shift_ms: 10, window: povey, low_hz: 100, high_hz: 3600, mean: none, layout: \"%s\"}\ninputs: [rows]\n"

// Forms are all input forms.
func Forms() []Form {
	return []Form{
		{"waveform-8k", Waveform(8000), "input: {form: waveform, rate: 8000, min_samples: 800}\ninputs: [samples]\n", 0.94},
		{"waveform-16k", Waveform(16000), "input: {form: waveform, rate: 16000, min_samples: 1600, level: -26}\ninputs: [samples]\n", 0.95},
		{"filterbank-tf", Rows(false), fmt.Sprintf(filterbank, 16000, "[1,T,F]"), 0.75},
		{"filterbank-ft", Rows(true), fmt.Sprintf(filterbank, 8000, "[1,F,T]"), 0.75},
	}
}

// Calibration maps the cosine of two spectra to a likelihood ratio: 1 between those of one caller of the demo and those of two, and
// steep.
func Calibration(f Form) string {
	return fmt.Sprintf(`{"form": 2, "bias": %v, "score": 100, "strangers": {"mean": -20, "spread": 5, "tail": {"from": 2, "share": 0.02, "scale": 0.4}}}`, -100*f.between)
}

// Card is the text of a card for a speaker model.
func Card(name string, f Form) string {
	return text(name, "speaker", f.ONNX, f.Input+"outputs: [embedding]\ndimension: 40\ncalibration: calibration.json\n")
}

// SpoofCard is the text of a card for a spoof model.
func SpoofCard(name string, onnx []byte) string {
	return text(name, "spoof", onnx, "input: {form: waveform, rate: 8000}\ninputs: [samples]\noutputs: [score]\ndimension: 1\nthreshold: 0.5\n")
}

func text(name, kind string, onnx []byte, rest string) string {
	return fmt.Sprintf("kind: %s\nname: %s\nversion: \"1\"\nfile: tiny.onnx\nsha256: %x\nlicence: CC0-1.0\nsource: made by a test\n%s", kind, name, sha256.Sum256(onnx), rest)
}

// Write writes the folder of a speaker model, with its calibration if the card names one, and returns its path.
func Write(t testing.TB, text string, f Form) string {
	t.Helper()
	folder := WriteOther(t, text, f.ONNX)
	if strings.Contains(text, "calibration.json") {
		write(t, folder, "calibration.json", Calibration(f))
	}
	return folder
}

// WriteOther writes the folder of a model that has no calibration.
func WriteOther(t testing.TB, text string, onnx []byte) string {
	t.Helper()
	folder := t.TempDir()
	write(t, folder, card.File, text)
	write(t, folder, "tiny.onnx", string(onnx))
	return folder
}

func write(t testing.TB, folder, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
