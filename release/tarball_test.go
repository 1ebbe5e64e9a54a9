package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestTarballTellsNothingOfWhereItWasMade(t *testing.T) {
	at := time.Unix(1000000000, 0)
	packed := func(clock time.Time, order []string) []byte {
		folder, file := t.TempDir(), filepath.Join(t.TempDir(), "a.tar.gz")
		for _, name := range order {
			save(t, folder, name, name)
			if err := os.Chtimes(filepath.Join(folder, name), clock, clock); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(filepath.Join(folder, "program"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := pack(folder, "timbre_1", file, at); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first, second := packed(time.Unix(1, 0), []string{"program", "LICENSE"}), packed(time.Unix(2, 0), []string{"LICENSE", "program"})
	if !bytes.Equal(first, second) {
		t.Error("got other bytes at another time and in another folder")
	}
	z, err := gzip.NewReader(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(z)
	for _, want := range []tar.Header{{Name: "timbre_1/", Mode: 0o755}, {Name: "timbre_1/LICENSE", Mode: 0o644}, {Name: "timbre_1/program", Mode: 0o755}} {
		got, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != want.Name || got.Mode != want.Mode || !got.ModTime.Equal(at) || got.Uid != 0 || got.Uname != "" {
			t.Errorf("got %+v, want %s of root with mode %o", got, want.Name, want.Mode)
		}
	}
	if !slices.Equal(z.Header.Extra, nil) || z.Header.Name != "" || !z.Header.ModTime.IsZero() {
		t.Errorf("got a name or a time of the compressed file: %+v", z.Header)
	}
}
