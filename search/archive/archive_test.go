package archive

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/models"
)

const domain = "0f1e2d3c-0000-4000-8000-000000000001"

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func entry(t *testing.T, scope, model string) Entry {
	t.Helper()
	return Entry{Scope: scope, Model: model, Made: noon, People: 34, Calibration: json.RawMessage(models.Calibration())}
}

func add(t *testing.T, a Archive, e Entry) int {
	t.Helper()
	v, err := a.Add(e)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVersionsAreAddedAndRevoked(t *testing.T) {
	a := New(filepath.Join(t.TempDir(), "calibration"))
	if scopes, err := a.Scopes(); err != nil || scopes != nil {
		t.Errorf("got %v, %v, want no scopes yet", scopes, err)
	}
	if v := add(t, a, entry(t, domain, "net 1")); v != 1 {
		t.Errorf("got version %d, want 1", v)
	}
	if v := add(t, a, entry(t, domain, "net 1")); v != 2 {
		t.Errorf("got version %d, want 2", v)
	}
	current := func() int {
		e, err := a.Current(domain, "net 1")
		if err != nil {
			t.Fatal(err)
		}
		if e == nil {
			return 0
		}
		return e.Version
	}
	for _, want := range []int{2, 1} {
		if got := current(); got != want {
			t.Errorf("got version %d to apply, want %d", got, want)
		}
		if v, err := a.Revoke(domain, 0, noon); err != nil || v != want {
			t.Errorf("got version %d revoked, %v, want %d", v, err, want)
		}
	}
	if got := current(); got != 0 {
		t.Errorf("got version %d to apply, want none", got)
	}
	if v := add(t, a, entry(t, domain, "net 1")); v != 3 {
		t.Errorf("got version %d, want 3: versions are never used again", v)
	}
	all, err := a.List(domain)
	if err != nil || len(all) != 3 || all[0].Revoked == nil || all[2].Revoked != nil || all[1].People != 34 {
		t.Errorf("got %+v, %v, want all three", all, err)
	}
	if scopes, err := a.Scopes(); err != nil || len(scopes) != 1 || scopes[0] != domain {
		t.Errorf("got %v, %v, want the domain", scopes, err)
	}
}

func TestADeletedDomainLeavesNoCalibration(t *testing.T) {
	a := New(t.TempDir())
	add(t, a, entry(t, Server, "net 1"))
	add(t, a, entry(t, domain, "net 1"))
	r := NewReader(a, "net 1", slog.New(slog.DiscardHandler))
	own := r.Calibration(domain)
	for range 2 { // the second time there is none
		if err := a.Delete(domain); err != nil {
			t.Fatal(err)
		}
	}
	if c := r.Calibration(domain); c == nil || c == own {
		t.Errorf("got %p, want the calibration of the server", c)
	}
	if err := a.Delete(Server); err != nil {
		t.Fatal(err)
	}
	if scopes, err := a.Scopes(); err != nil || !slices.Equal(scopes, []string{Server}) {
		t.Errorf("got %v, %v, want that of the server alone", scopes, err)
	}
}

func TestWhatCannotBeDoneIsRefused(t *testing.T) {
	a := New(t.TempDir())
	add(t, a, entry(t, Server, "net 1"))
	if _, err := a.Revoke(Server, 1, noon); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		do   func() error
		want timbre.Kind
	}{
		"revoked twice":    {func() error { _, err := a.Revoke(Server, 1, noon); return err }, timbre.Conflict},
		"no such version":  {func() error { _, err := a.Revoke(Server, 7, noon); return err }, timbre.NotFound},
		"none is left":     {func() error { _, err := a.Revoke(Server, 0, noon); return err }, timbre.NotFound},
		"no such scope":    {func() error { _, err := a.Revoke(domain, 0, noon); return err }, timbre.NotFound},
		"a path to delete": {func() error { return a.Delete("../x") }, timbre.Invalid},
		"a path for an id": {func() error { _, err := a.List("../x"); return err }, timbre.Invalid},
		"no calibration":   {func() error { _, err := a.Add(Entry{Scope: Server, Calibration: json.RawMessage(`{}`)}); return err }, timbre.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.do(); timbre.KindOf(err) != c.want {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestReaderFollowsTheFolder(t *testing.T) {
	a, log := New(t.TempDir()), &bytes.Buffer{}
	r := NewReader(a, "net 1", slog.New(slog.NewTextHandler(log, nil)))
	if c := r.Calibration(domain); c != nil {
		t.Errorf("got %+v, want none", c)
	}
	add(t, a, entry(t, Server, "net 1"))
	server := r.Calibration(domain)
	if server == nil || r.Calibration(domain) != server {
		t.Errorf("got %p, want that of the server, the same each time", server)
	}
	add(t, a, entry(t, domain, "net 2"))
	if c := r.Calibration(domain); c != server {
		t.Error("got the calibration of another model, want that of the server")
	}
	later(t, a, domain, 1)
	add(t, a, entry(t, domain, "net 1"))
	own := r.Calibration(domain)
	if own == nil || own == server || r.Calibration("another") != server {
		t.Error("got no calibration of the domain's own, want it for the domain alone")
	}
	if _, err := a.Revoke(domain, 0, noon); err != nil {
		t.Fatal(err)
	}
	later(t, a, domain, 2)
	if c := r.Calibration(domain); c != server {
		t.Error("got the revoked calibration, want that of the server")
	}
	if err := os.WriteFile(filepath.Join(a.dir, Server, "0002.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	later(t, a, Server, 3)
	if c := r.Calibration(domain); c != server || !strings.Contains(log.String(), "0002.json") {
		t.Errorf("got another calibration because of a broken file, want the last good one and a log record: %s", log)
	}
	log.Reset()
	if c := NewReader(a, "net 1", slog.New(slog.NewTextHandler(log, nil))).Calibration(domain); c == nil || !strings.Contains(log.String(), "0002.json") {
		t.Errorf("after a start: got %v, want the newest that can be read and a log record: %s", c, log)
	}
	if e, err := a.Current(Server, "net 1"); err != nil || e == nil || e.Version != 1 {
		t.Errorf("got %+v, %v, want version 1 in force", e, err)
	}
	if v, err := a.Revoke(Server, 0, noon); err != nil || v != 1 {
		t.Errorf("got version %d revoked, %v, want 1", v, err)
	}
}

// later makes the change time of a folder differ where the clock of the file system is coarse.
func later(t *testing.T, a Archive, scope string, hours int) {
	t.Helper()
	at := noon.Add(time.Duration(hours) * time.Hour)
	if err := os.Chtimes(filepath.Join(a.dir, scope), at, at); err != nil {
		t.Fatal(err)
	}
}
