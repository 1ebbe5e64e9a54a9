package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestBillHasWhatIsNoModuleAndNothingOfThisRun(t *testing.T) {
	const made = `{"metadata": {"timestamp": "2026-11-30T00:00:00Z", "tools": [{"name": "maker", "hashes": [{"alg": "MD5", "content": "0"}]}]},
		"components": [{"name": "a module"}]}`
	known := facts{ONNXRuntime: "1.2"}
	known.Models = append(known.Models, struct{ Kind, ID, SHA256 string }{"speaker", "campp@1", "abc"})
	text, err := complete([]byte(made), time.Unix(1000000000, 0).UTC(), ingredients(known, "def"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Metadata   struct{ Timestamp string }
		Components []component
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Metadata.Timestamp != "2001-09-09T01:46:40Z" || strings.Contains(string(text), "MD5") {
		t.Errorf("got the time and the tool of this run:\n%s", text)
	}
	var names []string
	for _, c := range got.Components {
		names = append(names, c.Name)
	}
	if want := "a module, ONNX Runtime, campp@1"; strings.Join(names, ", ") != want {
		t.Errorf("got %v, want %s", names, want)
	}
	if c := got.Components[2]; c.Hashes[0].Content != "abc" || c.Type != "machine-learning-model" {
		t.Errorf("got the model as %+v", c)
	}
}

func TestBillWithoutComponentsIsRefused(t *testing.T) {
	for _, text := range []string{"", "{}", `{"components": []}`, "[1]"} {
		if _, err := complete([]byte(text), time.Time{}, nil); err == nil {
			t.Errorf("got no error for %q", text)
		}
	}
}
