package event_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// wantGolden compares a payload, to the byte, with the golden file of a name.
func wantGolden(t *testing.T, name string, payload []byte) {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if *update {
		must(t, os.WriteFile(file, append(payload, '\n'), 0o600))
	}
	want, err := os.ReadFile(file)
	must(t, err)
	if want := bytes.TrimSpace(want); !bytes.Equal(want, payload) {
		t.Errorf("got payload\n%s\nwant\n%s", payload, want)
	}
}
