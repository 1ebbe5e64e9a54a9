package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestInitWritesAFileThatServesAndKeepsOneThatIsThere(t *testing.T) {
	file, data := filepath.Join(t.TempDir(), "timbre.yaml"), "/var/lib/a folder: #1"
	if err := (beginning{File: file, Data: data}).Run(); err != nil {
		t.Fatal(err)
	}
	var line commands
	if _, err := newParser(&line).Parse([]string{"config", "--config", file}); err != nil || line.Config.Data != data {
		t.Errorf("got %v and the data folder %q of the file, want %q", err, line.Config.Data, data)
	}
	if is, err := os.Stat(file); err != nil || is.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want a file for its owner alone", is.Mode(), err)
	}
	if err := (beginning{File: file}).Run(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v for a file that is there, want that it is", err)
	}
}
