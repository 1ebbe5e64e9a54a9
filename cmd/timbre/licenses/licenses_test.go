package licenses_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"timbre/cmd/timbre/licenses"
	"timbre/test/supply/modules"
)

var update = flag.Bool("update", false, "write licenses.txt")

// texts returns the licence files of a folder.
func texts(t *testing.T, folder string) string {
	t.Helper()
	files, err := modules.Legal(folder)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(folder, f))
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(strings.TrimRight(string(bytes.ReplaceAll(text, []byte("\r"), nil)), " \n\t") + "\n")
	}
	return b.String()
}

func section(b *strings.Builder, title, text string) {
	fmt.Fprintf(b, "%s\n%s\n\n%s\n", title, strings.Repeat("=", len(title)), text)
}

// licenses.txt is generated. After a change of the dependencies:
//
//	go test ./cmd/timbre/licenses -update
func TestTextIsCurrent(t *testing.T) {
	var want strings.Builder
	section(&want, "Timbre", texts(t, "../../.."))
	for _, part := range []struct{ title, file string }{
		{"ONNX Runtime (libonnxruntime.so)", "onnxruntime.txt"}, {"C runtime, in the programs of a release", "runtime.txt"},
	} {
		text, err := os.ReadFile(part.file)
		if err != nil {
			t.Fatal(err)
		}
		section(&want, part.title, string(text))
	}
	section(&want, "Model: speaker, derived from CAM++ of 3D-Speaker", texts(t, "../../../models/speaker"))
	section(&want, "Model: voice activity detection, Silero VAD", texts(t, "../../../models/vad"))
	section(&want, "Model: tone", "Apache-2.0, as Timbre. models/tone/model_card.md names the authors of the training data.\n")
	for _, part := range []string{"preact", "uplot"} {
		section(&want, "Web console: "+part, texts(t, filepath.Join("../../../console/app/vendor", part)))
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	section(&want, "Go standard library", texts(t, strings.TrimSpace(string(root))))
	all, err := modules.List("timbre/cmd/timbre")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range slices.Sorted(maps.Keys(all)) {
		m := all[path]
		text := texts(t, m.Dir)
		if text == "" { // some state it in the README alone
			readme, _ := os.ReadFile(filepath.Join(m.Dir, "README.md"))
			_, text, _ = strings.Cut(string(readme), "## License\n\n")
		}
		if text == "" {
			t.Errorf("%s has no licence file", path)
		}
		section(&want, path+" "+m.Version, text)
	}
	if *update {
		if err := os.WriteFile("licenses.txt", []byte(want.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if licenses.Text() != want.String() {
		t.Error("licenses.txt is out of date. Run: go test ./cmd/timbre/licenses -update")
	}
}
