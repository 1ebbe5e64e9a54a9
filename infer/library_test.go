package infer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLibraryModuleIsTheOneRequired(t *testing.T) {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(libraryModule, "@", " ", 1); !strings.Contains(string(mod), want+"\n") {
		t.Errorf("got no line %q in go.mod, want it", want)
	}
}

func TestLibraryInTheModuleCacheIsFound(t *testing.T) {
	t.Setenv("GOMODCACHE", t.TempDir())
	if got := library(); got != libraryFile {
		t.Errorf("got %q from an empty cache, want %q", got, libraryFile)
	}
	folder := filepath.Join(os.Getenv("GOMODCACHE"), libraryModule, "lib", libraryFolder())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, libraryFile)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := library(); got != file {
		t.Errorf("got %q, want %q", got, file)
	}
}
