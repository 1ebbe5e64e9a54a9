package licenses_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"timbre/cmd/timbre/licenses"
)

var update = flag.Bool("update", false, "write licenses.txt")

// module is the output of `go list` for the module of a package.
type module struct{ Path, Version, Dir string }

// modules returns the modules of the packages in the binary, by path.
func modules(t *testing.T) map[string]module {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=Module", "timbre/cmd/timbre").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string]module{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *module }
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		if p.Module != nil && p.Module.Path != "timbre" {
			all[p.Module.Path] = *p.Module
		}
	}
}

var licenceName = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice)`)

// texts returns the licence files of a folder.
func texts(t *testing.T, folder string) string {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		if f.IsDir() || !licenceName.MatchString(f.Name()) || strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, f.Name()))
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
	onnx, err := os.ReadFile("onnxruntime.txt")
	if err != nil {
		t.Fatal(err)
	}
	section(&want, "ONNX Runtime (libonnxruntime.so)", string(onnx))
	section(&want, "Model: speaker, derived from CAM++ of 3D-Speaker", texts(t, "../../../models/speaker"))
	section(&want, "Model: voice activity detection, Silero VAD", texts(t, "../../../models/vad"))
	section(&want, "Model: tone", "Apache-2.0, as Timbre. models/tone/model_card.md names the authors of the training data.\n")
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	section(&want, "Go standard library", texts(t, strings.TrimSpace(string(root))))
	all := modules(t)
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
