package main

import (
	"os"
	"os/exec"
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

func TestModuleBuildsUnderAnotherPath(t *testing.T) {
	copied := t.TempDir()
	if err := rename("..", copied, "example.com/voice/analytics"); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", os.DevNull, "./cmd/timbre")
	build.Dir = copied
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("got %v:\n%s", err, out)
	}
}
