package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"timbre"
)

func card(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWeightsMatchTheirCards(t *testing.T) {
	for _, c := range []struct {
		model timbre.ONNXModel
		card  string
		sum   string
	}{
		{Speaker(), "speaker/model_card.md", "ab4bc585c0d8d2aa0efda47fafcf4d321ac2c6aa59784c82bdebf47b8ce99076"},
		{Tone(), "tone/model_card.md", "244180a745bfc21bc505330c1292ee4efa8e42f8bc1690338ca4b503af3c95df"},
		{VAD(), "vad/model_card.md", "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"},
	} {
		t.Run(c.model.Name, func(t *testing.T) {
			sum := sha256.Sum256(c.model.ONNX)
			if got := hex.EncodeToString(sum[:]); got != c.sum {
				t.Errorf("got sha256 %s, want %s", got, c.sum)
			}
			text := card(t, c.card)
			// The speaker card was written before it stated sums: it gives the size.
			if !strings.Contains(text, c.sum) && !strings.Contains(text, "3,369,379 B") {
				t.Error("got a card without the sum or the size of the weights")
			}
			if !strings.Contains(text, c.model.Version) {
				t.Errorf("got a card without version %s", c.model.Version)
			}
		})
	}
	if n := len(Speaker().ONNX); n != 3_369_379 {
		t.Errorf("got speaker.onnx of %d bytes, want 3,369,379 as on its card", n)
	}
}

func TestCalibrationIsForSpeakerModel(t *testing.T) {
	var c struct{ Model, Version string }
	if err := json.Unmarshal(Calibration(), &c); err != nil {
		t.Fatal(err)
	}
	if c.Model != "speaker.onnx" || c.Version != Speaker().Version {
		t.Errorf("got the calibration of %s %s, want that of %s", c.Model, c.Version, Speaker())
	}
}

func TestLicencesAreBesideTheWeights(t *testing.T) {
	for path, words := range map[string]string{
		"speaker/LICENSE.Resemblyzer": "Copyright 2019 Resemble.AI",
		"speaker/model_card.md":       "Derived from **Resemblyzer 0.1.4**",
		"tone/model_card.md":          "Attribution to keep with the weights",
		"vad/LICENSE":                 "Copyright (c) 2020-present Silero Team",
	} {
		if !strings.Contains(card(t, path), words) {
			t.Errorf("got %s without %q", path, words)
		}
	}
}
