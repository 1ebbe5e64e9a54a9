package main

import (
	"os/exec"
	"strings"
	"testing"
)

func TestImportsOfThisModuleAreRenamed(t *testing.T) {
	const before = `package a // timbre/a

import "fmt"

import (
	"timbre"
	other "timbre/b" // "timbre/b"
	"timbres/c"
	_ "example.org/timbre"
)

var s = "timbre/d"
`
	const after = `package a // timbre/a

import "fmt"

import (
	"example.com/voice"
	other "example.com/voice/b" // "timbre/b"
	"timbres/c"
	_ "example.org/timbre"
)

var s = "timbre/d"
`
	got, err := reimport([]byte(before), "example.com/voice")
	if err != nil || string(got) != after {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, after)
	}
	if _, err := reimport([]byte("no Go"), "example.com/voice"); err == nil {
		t.Error("got no error for a file that is no Go")
	}
}

// What resolves here is what a build compiles.
func TestRenamedModuleImportsNothingOfTheOldPath(t *testing.T) {
	copied := t.TempDir()
	if err := rename("..", copied, "example.com/voice/analytics"); err != nil {
		t.Fatal(err)
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "./...")
	list.Dir = copied
	out, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("got %v:\n%s", err, out)
	}
	ours := 0
	for path := range strings.Lines(string(out)) {
		switch path = strings.TrimSpace(path); {
		case path == "timbre" || strings.HasPrefix(path, "timbre/"):
			t.Errorf("%s is imported, want nothing of the old path", path)
		case strings.HasPrefix(path, "example.com/voice/analytics/"):
			ours++
		}
	}
	if ours < 100 {
		t.Errorf("got %d packages of the new path, want all", ours)
	}
}
