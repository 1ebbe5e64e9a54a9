// Package supply judges what the program is made of: known vulnerabilities and licences of its dependencies.
package supply

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// search runs the search for vulnerabilities in one small package, which calls NodeToValue of github.com/goccy/go-yaml, by a database of our own.
func search(t *testing.T, database string) (output string, err error) {
	t.Helper()
	c := exec.Command("./vulnerabilities", "./plainyaml")
	c.Env = append(os.Environ(), "VULNERABILITIES="+database)
	out, err := c.CombinedOutput()
	return string(out), err
}

// database is one with a vulnerability in a function of a module.
func database(t *testing.T, module, function string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"index/db.json":      `{"modified": "2026-01-01T00:00:00Z"}`,
		"index/modules.json": `[{"path": "` + module + `", "vulns": [{"id": "GO-2026-9999", "modified": "2026-01-01T00:00:00Z"}]}]`,
		"index/vulns.json":   `[{"id": "GO-2026-9999", "modified": "2026-01-01T00:00:00Z"}]`,
		"ID/GO-2026-9999.json": `{"schema_version": "1.3.1", "id": "GO-2026-9999", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
			"details": "made up", "database_specific": {"url": "https://example.com/"}, "affected": [{"package": {"name": "` + module + `", "ecosystem": "Go"},
			"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
			"ecosystem_specific": {"imports": [{"path": "` + module + `", "symbols": ["` + function + `"]}]}}]}`,
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + folder
}

func TestVulnerabilityThatIsCalledIsAFailure(t *testing.T) {
	if out, err := search(t, database(t, "github.com/goccy/go-yaml", "NodeToValue")); err == nil || !strings.Contains(out, "GO-2026-9999") {
		t.Errorf("got %v, want a failure that names the vulnerability:\n%s", err, out)
	}
}

func TestVulnerabilityThatNobodyCallsIsNone(t *testing.T) {
	if out, err := search(t, database(t, "github.com/goccy/go-yaml", "PathString")); err != nil {
		t.Errorf("got %v, want none:\n%s", err, out)
	}
}

func TestUnreachableDatabaseIsSaid(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if out, err := search(t, gone.URL); err != nil || !strings.Contains(out, "left out: the search for known vulnerabilities: "+gone.URL+" cannot be reached") {
		t.Errorf("got %v, want to pass and the reason:\n%s", err, out)
	}
}
