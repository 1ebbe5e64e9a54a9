package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre/store/sqlite"
	"timbre/vault"
)

// dataFolder makes what a server leaves.
func dataFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestUpgradeCheckFindsNothingToChange(t *testing.T) {
	folder := dataFolder(t)
	if err := runLine(t, "upgrade", "--check", folder); err != nil {
		t.Errorf("got %v of a folder of this version, want no error", err)
	}
	if err := os.Remove(filepath.Join(folder, "key")); err != nil {
		t.Fatal(err)
	}
	var status exit
	if err := runLine(t, "upgrade", "--check", folder); err == nil || errors.As(err, &status) {
		t.Errorf("got %v of a folder without its key, want an error that says so", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "key")); err == nil {
		t.Error("got a new key, want none")
	}
}

func TestUpgradeWithoutCheckIsRefused(t *testing.T) {
	if _, err := newParser(&commands{}).Parse([]string{"upgrade", t.TempDir()}); err == nil || !strings.Contains(err.Error(), "--check") {
		t.Errorf("got %v, want that --check is missing", err)
	}
}

func TestForecastSaysWhatToDo(t *testing.T) {
	f := forecast{
		Folder: "/data", Program: "v2", Tables: 17, Known: 19, Pending: []string{"00018_change", "00019_block"}, Starts: true,
		Copy: "/data/timbre.db.before-migration", Size: 3_400_000, Free: 9_000_000, Keep: []string{"/data/key"},
	}
	for name, c := range map[string]struct {
		change func(*forecast)
		want   []string
		never  string
	}{
		"an upgrade": {func(*forecast) {}, []string{
			"version 17; this program, v2, has version 19", "none runs on it", "00018_change, 00019_block", "copy of 4 MB", "timbre restore /data/timbre.db.before-migration",
			"after 7 days", "timbre backup FILE --data /data", "/data/key",
		}, "not possible"},
		"beside a server": {func(f *forecast) { f.Running = true }, []string{"runs on it: stop it first"}, "none runs"},
		"a later version": {func(f *forecast) { f.Starts, f.Refused = false, "a later version" }, []string{"not possible: a later version"}, "undo"},
	} {
		t.Run(name, func(t *testing.T) {
			f := f
			c.change(&f)
			var out bytes.Buffer
			if err := f.write(&out, false); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("got\n%s\nwant %q in it", &out, want)
				}
			}
			if strings.Contains(out.String(), c.never) {
				t.Errorf("got\n%s\nwant no %q in it", &out, c.never)
			}
			out.Reset()
			if err := f.write(&out, true); err != nil || !json.Valid(out.Bytes()) {
				t.Errorf("got %s, %v, want JSON", &out, err)
			}
		})
	}
}
