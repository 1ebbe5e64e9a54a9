package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/store/sqlite"
	"timbre/vault"
)

func keys(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestFilesAreReadableByTheirOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "not", "yet", "there")
	s := open(t, folder)
	defer func() { _ = s.Close() }()
	if err := s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	if got := mode(t, folder); got != 0o700 {
		t.Errorf("got folder mode %04o, want 0700", got)
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 3 { // the key, the database, its log
		t.Errorf("got files %v, want key, database and log", files)
	}
	for _, f := range files {
		if got := mode(t, filepath.Join(folder, f.Name())); got != 0o600 {
			t.Errorf("%s: got mode %04o, want 0600", f.Name(), got)
		}
	}
}

func TestOpenRestrictsTheModeOfAnExistingFile(t *testing.T) {
	folder := t.TempDir()
	if err := open(t, folder).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "timbre.db")
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, folder)
	if got := mode(t, path); got != 0o600 {
		t.Errorf("got mode %04o, want 0600", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenAcceptsAnyPath(t *testing.T) {
	for _, name := range []string{"a b", "100%25", "why?", "#1", "ünï", "a&_pragma=foreign_keys(0)", "file:x"} {
		path := filepath.Join(t.TempDir(), name, name+".db")
		s, err := sqlite.Open(t.Context(), path, keys(t), nil)
		if err != nil {
			t.Errorf("%q: got error %v, want none", name, err)
			continue
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: got no database: %v", name, err)
		}
	}
	t.Chdir(t.TempDir())
	s, err := sqlite.Open(t.Context(), "data/timbre.db", keys(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if mode(t, "data/timbre.db") != 0o600 {
		t.Error("relative path: got another mode, want 0600")
	}
}

func TestCloseLeavesTheDatabaseAndItsMark(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	if err := s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "timbre.db*"))
	if len(files) != 2 {
		t.Errorf("got files %v, want the database and its mark", files)
	}
}

func TestOpenErrorsAreOneSentence(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	made := filepath.Join(folder, "made.db")
	s, err := sqlite.Open(t.Context(), made, keys(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	was, _ := os.ReadFile(made)
	for path, want := range map[string]string{
		folder:                           "cannot be opened or created: is a directory",
		filepath.Join(file, "timbre.db"): "cannot be opened or created: not a directory",
		"/proc/timbre/timbre.db":         "cannot be opened or created: no such file or directory",
		file:                             "cannot be used: the file is not a database",
		made:                             "was created with another key file: restore that file, or start with an empty data folder",
	} {
		_, err := sqlite.Open(t.Context(), path, keys(t), nil)
		switch {
		case err == nil:
			t.Errorf("%s: got no error, want one", path)
		case !strings.HasPrefix(err.Error(), "the database "+path+" "+want), strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: got error %q, want %q", path, err, want)
		}
	}
	if is, _ := os.ReadFile(made); string(is) != string(was) {
		t.Error("got a changed database, want it unchanged")
	}
}

func TestOpenRefusesReadOnlyFolder(t *testing.T) {
	folder := t.TempDir()
	v := keys(t)
	path := filepath.Join(folder, "timbre.db")
	s, err := sqlite.Open(t.Context(), path, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(folder, 0o700) }()
	if probe, err := os.Create(filepath.Join(folder, "probe")); err == nil {
		_ = probe.Close() // root may write everywhere; then the mode only must do no harm
		if s, err := sqlite.Open(t.Context(), path, v, nil); err != nil {
			t.Error(err)
		} else if err := s.Close(); err != nil {
			t.Error(err)
		}
		return
	}
	_, err = sqlite.Open(t.Context(), path, v, nil)
	if err == nil || !strings.HasPrefix(err.Error(), "the database "+path+" cannot be used: the database cannot be") {
		t.Errorf("got error %v, want a refusal of the write", err)
	}
}
