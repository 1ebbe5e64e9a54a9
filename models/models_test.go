package models

import (
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"timbre"
	"timbre/models/card"
)

func page(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEmbeddedModelsMatchTheirCards(t *testing.T) {
	for kind, m := range map[card.Kind]timbre.ONNXModel{card.Speaker: Speaker(), card.Tone: Tone(), card.VAD: VAD()} {
		t.Run(string(kind), func(t *testing.T) {
			c, err := card.Read(Folder(kind))
			if err != nil {
				t.Fatal(err)
			}
			if c.Kind != kind || m.Name != c.Name || m.Sum != c.Sum || m.Dimension != c.Dimension || len(m.ONNX) == 0 {
				t.Errorf("got model %s of %d bytes, want that of card %+v", m, len(m.ONNX), c)
			}
			text := page(t, string(kind)+"/model_card.md")
			size := strings.NewReplacer(",", "", " ", "").Replace(text)
			if !strings.Contains(text, c.Sum) || kind == card.Speaker && !strings.Contains(size, strconv.Itoa(len(m.ONNX))) {
				t.Error("got a model card without the sum and the size of the weights")
			}
			if !strings.Contains(text, m.Version) {
				t.Errorf("got a model card without version %s", m.Version)
			}
		})
	}
	if Folder(card.Spoof) != nil {
		t.Error("got an embedded spoof model, want none")
	}
}

func TestCalibrationIsForSpeakerModel(t *testing.T) {
	var c struct{ Model, Version string }
	if err := json.Unmarshal(Calibration(), &c); err != nil {
		t.Fatal(err)
	}
	if c.Model != Speaker().Name || c.Version != Speaker().Version {
		t.Errorf("got the calibration of %s %s, want that of %s", c.Model, c.Version, Speaker())
	}
}

func TestLicencesAreBesideTheWeights(t *testing.T) {
	for path, words := range map[string]string{
		"speaker/LICENSE":       "Apache License",
		"speaker/NOTICE":        "Copyright 3D-Speaker",
		"speaker/model_card.md": "Derived from **CAM++**",
		"tone/model_card.md":    "Attribution to keep with the weights",
		"vad/LICENSE":           "Copyright (c) 2020-present Silero Team",
	} {
		if !strings.Contains(page(t, path), words) {
			t.Errorf("got %s without %q", path, words)
		}
	}
}
