package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestNewerComparesNumbers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"2.29", "2.28", true},
		{"2.28", "2.28", false},
		{"2.4", "2.28", false},
		{"2.2.5", "2.28", false},
		{"3", "2.28", true},
		{"2.28.1", "2.28", true},
		{"PRIVATE", "2.28", true},
	} {
		if got := newer(c.a, c.b); got != c.want {
			t.Errorf("%s newer than %s: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestProgramThatNeedsANewerLibraryIsRefused(t *testing.T) {
	shell, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		t.Skip(err)
	}
	if err := runsWith(shell, "99"); err != nil {
		t.Errorf("got %v with a library of the future, want no error", err)
	}
	if err := runsWith(shell, "2.0"); err == nil {
		t.Error("got no error with a library of the past")
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := runsWith(text, "99"); err == nil {
		t.Error("got no error for a file that is no program")
	}
}
