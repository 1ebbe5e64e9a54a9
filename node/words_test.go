package node

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/infer"
)

const tinyWhisper = "../tone/words/testdata"

func openRuntime(t *testing.T) *infer.Runtime {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestWordsAreOffByDefault(t *testing.T) {
	if w, err := loadWords(config.Defaults().Tone, openRuntime(t)); w != nil || err != nil {
		t.Errorf("got %v, %v, want none", w, err)
	}
}

func TestWordsAreJudgedByModelOfFolder(t *testing.T) {
	for name, prefix := range map[string]string{"plain names": "", "names as published": "tiny.en-"} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, f := range []string{"encoder.onnx", "decoder.onnx", "tokens.txt"} {
				b, err := os.ReadFile(filepath.Join(tinyWhisper, f))
				if err == nil {
					err = os.WriteFile(filepath.Join(folder, prefix+f), b, 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			w, err := loadWords(config.Tone{Words: "on", WordsModel: folder}, openRuntime(t))
			if err != nil {
				t.Fatal(err)
			}
			noise := make([]float32, 5*timbre.SampleRate)
			for i := range noise {
				noise[i] = float32(i*i%97)/970 - 0.05
			}
			if s, n, err := w.Judge(t.Context(), noise); err != nil || s < -1 || s > 1 || n < 0 {
				t.Errorf("got %v of %d words, %v", s, n, err)
			}
		})
	}
}

func TestFolderWithoutWhisperModelIsRefused(t *testing.T) {
	for name, folder := range map[string]string{"no folder": "", "empty": t.TempDir()} {
		t.Run(name, func(t *testing.T) {
			_, err := loadWords(config.Tone{Words: "on", WordsModel: folder}, openRuntime(t))
			if timbre.KindOf(err) != timbre.Invalid || err == nil || !strings.Contains(err.Error(), "tone.words_model") {
				t.Errorf("got %v, want Invalid that names the setting", err)
			}
		})
	}
}
