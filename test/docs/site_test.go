package docs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"timbre/test/needs"
)

var foreign = regexp.MustCompile(`<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="?(?:https?:)?//[^>]*>`)

// The site can be built without a link that leads nowhere, loads nothing from elsewhere, and can be searched.
func TestSite(t *testing.T) {
	t.Parallel()
	needs.Program(t, filepath.Join(root, "docs", "site", ".venv"), "mkdocs in docs/site/.venv (make test installs it)")
	out := t.TempDir()
	if text, err := exec.CommandContext(t.Context(), filepath.Join(root, "docs", "site", "build"), out).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	built := 0
	err := filepath.WalkDir(out, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".html") {
			return err
		}
		built++
		text, err := os.ReadFile(path)
		if found := foreign.FindString(string(text)); found != "" {
			t.Errorf("%s asks another host: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(pages(t)); built < want {
		t.Errorf("got %d pages, want at least %d", built, want)
	}
	text, err := os.ReadFile(filepath.Join(out, "search", "search_index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index struct {
		Docs []struct{ Location, Text string }
	}
	if err := json.Unmarshal(text, &index); err != nil || len(index.Docs) < built {
		t.Errorf("got %d places to find, %v; want at least one of each of %d pages", len(index.Docs), err, built)
	}
}
