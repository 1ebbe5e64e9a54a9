package test

import (
	"encoding/json"
	"os/exec"
	"testing"
)

func TestVersionNamesWhatRuns(t *testing.T) {
	exe, err := program()
	must(t, err)
	out, err := exec.CommandContext(t.Context(), exe, "version", "--json").Output()
	must(t, err)
	var got struct {
		Version, Commit, Go, ONNXRuntime string
		Schema                           int
		Models                           []struct{ Kind, ID, SHA256 string }
	}
	must(t, json.Unmarshal(out, &got))
	if got.Version == "" || got.Commit == "" || got.Go == "" || got.Schema < 1 || got.ONNXRuntime == "not found" {
		t.Errorf("got %+v, want versions of program, Go, ONNX Runtime and tables", got)
	}
	if len(got.Models) != 3 || len(got.Models[0].SHA256) != 64 {
		t.Errorf("got models %+v, want three with their checksums", got.Models)
	}
}
