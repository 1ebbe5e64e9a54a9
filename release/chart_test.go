package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The package has every file of the chart as it is, but for its version.
func TestChartIsOfTheVersionOfTheRelease(t *testing.T) {
	r := release{source: "..", out: t.TempDir(), version: "1.2.3-rc.1+build.5", time: time.Unix(1000000000, 0)}
	file, err := r.chart()
	if err != nil || filepath.Base(file) != "timbre-1.2.3-rc.1+build.5.tgz" {
		t.Fatalf("got %s, %v", file, err)
	}
	packed := unpacked(t, file)
	wanted := 0
	err = fs.WalkDir(os.DirFS("chart"), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		wanted++
		want, err := os.ReadFile(filepath.Join("chart", path))
		got := packed["timbre/"+path]
		if path == "Chart.yaml" {
			for _, line := range []string{"\nversion: \"1.2.3-rc.1+build.5\"\n", "\nappVersion: \"1.2.3-rc.1-build.5\"\n"} {
				if !strings.Contains(got, line) {
					t.Errorf("got\n%swant the line %q", got, line)
				}
			}
			return err
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant it as it is", path, got)
		}
		return err
	})
	if err != nil || len(packed) != wanted {
		t.Errorf("got %d files, %v, want %d", len(packed), err, wanted)
	}
}

// unpacked are the files of a tarball.
func unpacked(t *testing.T, file string) map[string]string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for from := tar.NewReader(z); ; {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			files[h.Name] = string(text)
		}
	}
}
