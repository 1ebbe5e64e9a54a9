package console

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var root = filepath.Join("..", "..")

const largest = 300_000 // bytes of all files together, compressed

// What is embedded is what the sources say.
func TestBundleIsCurrent(t *testing.T) {
	made := t.TempDir()
	if out, err := exec.Command(filepath.Join(root, "console", "build"), made).CombinedOutput(); err != nil {
		t.Fatalf("console/build: %v\n%s", err, out)
	}
	want := files(t, made)
	got := files(t, filepath.Join(root, "console", "dist"))
	for name, text := range want {
		if !bytes.Equal(got[name], text) {
			t.Errorf("console/dist/%s is out of date. Run: console/build", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d files in console/dist, want %d", len(got), len(want))
	}
	size := 0
	for _, text := range got {
		size += compressed(t, text)
	}
	t.Logf("%d bytes, compressed", size)
	if size > largest {
		t.Errorf("got %d bytes, compressed, want %d at most", size, largest)
	}
}

// The parts that others made are those of npm, under the versions that package.json names.
func TestVendoredPartsAreThoseOfNpm(t *testing.T) {
	app := filepath.Join(root, "console", "app")
	installed := filepath.Join(app, "node_modules")
	if _, err := os.Stat(installed); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("skipped: console/app/node_modules is missing (make test installs it)")
	}
	vendored := filepath.Join(app, "vendor")
	err := filepath.WalkDir(vendored, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(vendored, path)
		if err != nil {
			return err
		}
		got, want := read(t, path), read(t, filepath.Join(installed, name))
		if !bytes.Equal(got, want) {
			t.Errorf("console/app/vendor/%s is not that of npm", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The sources pass the type checker.
func TestTypesAreRight(t *testing.T) {
	app := filepath.Join(root, "console", "app")
	if _, err := os.Stat(filepath.Join(app, "node_modules", ".bin", "tsc")); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("skipped: the TypeScript compiler is missing (make test installs it)")
	}
	check := exec.Command(filepath.Join("node_modules", ".bin", "tsc"), "--project", ".")
	check.Dir = app
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func files(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		all[e.Name()] = read(t, filepath.Join(folder, e.Name()))
	}
	return all
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func compressed(t *testing.T, text []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}
