package words_test

import (
	"encoding/json"
	"os"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/rtp/codec"
	"timbre/tone/words"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// tiny is a Whisper of random weights.
func tiny(t testing.TB) *words.Whisper {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	load := func(name string, inputs, outputs []string) *infer.Model {
		m, err := r.Load(timbre.ONNXModel{Name: name, ONNX: file(t, name), Inputs: inputs, Outputs: outputs}, infer.Long)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	encoder := load("encoder.onnx", words.EncoderInputs, words.EncoderOutputs)
	w, err := words.NewWhisper(encoder, load("decoder.onnx", words.DecoderInputs, words.DecoderOutputs), file(t, "tokens.txt"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// The reference is what train/tone/tiny.py computes in Python as Whisper's authors do: from 16 kHz, and all tokens anew each time.
func TestTextEqualsThatOfThePythonReference(t *testing.T) {
	var want []struct{ Call, Text string }
	if err := json.Unmarshal(file(t, "expected.json"), &want); err != nil {
		t.Fatal(err)
	}
	w := tiny(t)
	for _, e := range want {
		channels, err := codec.ReadWAVFile("../../cmd/timbre/demo/calls/" + e.Call + "_caller.wav")
		if err != nil {
			t.Fatal(err)
		}
		pcm := timbre.Wave(nil, channels[0])
		got, err := w.Transcribe(t.Context(), pcm[3*timbre.SampleRate:8*timbre.SampleRate])
		if err != nil || got != e.Text {
			t.Errorf("%s: got %q, %v, want %q", e.Call, got, err, e.Text)
		}
	}
}
