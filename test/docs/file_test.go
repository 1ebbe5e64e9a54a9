package docs

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"timbre/test/needs"
	"timbre/test/server"
)

// The YAML of the pages is a file of settings that the server takes; all but the card of a model, which says what kind it is of.
func TestSettingsOfPagesLoad(t *testing.T) {
	exe := binary(t)
	each(t, "yaml", func(t *testing.T, b block) {
		if strings.HasPrefix(b.Text, "kind:") {
			t.Skip("the card of a model: models/library reads those")
		}
		file := write(t, b.Text)
		cmd := exec.CommandContext(t.Context(), exe, "config", "--config", file)
		cmd.Env = server.Surroundings()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

// Each configuration of kamailio is one that it loads.
func TestKamailioConfigurationsOfPagesLoad(t *testing.T) {
	needs.Program(t, "kamailio", "kamailio (Debian's package kamailio)")
	each(t, "kamailio", func(t *testing.T, b block) {
		if out, err := exec.CommandContext(t.Context(), "kamailio", "-c", "-f", write(t, b.Text)).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

func TestXMLOfPagesIsWellFormed(t *testing.T) {
	each(t, "xml", func(t *testing.T, b block) {
		for d := xml.NewDecoder(strings.NewReader(b.Text)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Python that is shown and not run can be compiled.
func TestPythonOfPagesCompiles(t *testing.T) {
	each(t, "py", func(t *testing.T, b block) {
		if out, err := exec.CommandContext(t.Context(), "python3", "-m", "py_compile", write(t, b.Text)).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func binary(t *testing.T) string {
	t.Helper()
	exe, err := server.Binary()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}
