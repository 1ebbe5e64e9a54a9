package sqlite

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"timbre/vault"
)

// contentsOf are the files of a folder.
func contentsOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(folder)
	ok(t, err)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(folder, e.Name()))
		ok(t, err)
		all[e.Name()] = string(text)
	}
	return all
}

// copyFiles copies the files of a folder, as a crash would leave them.
func copyFiles(t *testing.T, from string) (to string) {
	t.Helper()
	to = t.TempDir()
	for name, text := range contentsOf(t, from) {
		if name != "timbre.db-shm" { // is of no use after a crash
			ok(t, os.WriteFile(filepath.Join(to, name), []byte(text), 0o600))
		}
	}
	return to
}

func TestStatusOfADatabaseChangesNothing(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	crashed := copyFiles(t, folder)
	ok(t, s.Close())
	old := copyFiles(t, folder)
	earlier(t, old, 17)
	for name, c := range map[string]struct {
		folder  string
		tables  int64
		pending []string
	}{
		"of this version":   {folder, int64(Schema()), nil},
		"of a crashed one":  {crashed, int64(Schema()), nil},
		"of an earlier one": {old, 17, []string{"00018_change", "00019_block"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := contentsOf(t, c.folder)
			got, err := ReadStatus(t.Context(), filepath.Join(c.folder, "timbre.db"), s.keys)
			ok(t, err)
			if got.Tables != c.tables || got.Known != int64(Schema()) || !slices.Equal(got.Pending[:min(2, len(got.Pending))], c.pending) || got.Running || got.Size == 0 || got.Free == 0 {
				t.Errorf("got %+v, want tables of version %d and then %v", got, c.tables, c.pending)
			}
			after := contentsOf(t, c.folder)
			delete(after, "timbre.db-shm") // the index of a log that a crash left
			if !maps.Equal(after, before) {
				t.Errorf("got the files %v, want them as they were: %v", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
			}
		})
	}
}

func TestStatusBesideAServer(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	path := filepath.Join(folder, "timbre.db")
	got, err := ReadStatus(t.Context(), path, s.keys)
	if err != nil || !got.Running || got.Tables != int64(Schema()) {
		t.Errorf("got %+v, %v, want that it runs", got, err)
	}
	ok(t, s.Close())
	if again, err := Open(t.Context(), path, s.keys, nil); err != nil {
		t.Errorf("got %v of a start afterwards, want none", err)
	} else {
		ok(t, again.Close())
	}
}

func TestStatusOfWhatIsNoneIsAnError(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	ok(t, s.Close())
	other, err := vault.Open(filepath.Join(t.TempDir(), "key"))
	ok(t, err)
	text := filepath.Join(t.TempDir(), "text.db")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("no database\n", 1000)), 0o600))
	empty := filepath.Join(t.TempDir(), "empty.db")
	ok(t, os.WriteFile(empty, nil, 0o600))
	for want, c := range map[string]struct {
		path string
		keys *vault.Vault
	}{
		"another key file":   {filepath.Join(folder, "timbre.db"), other},
		"not a database":     {text, other},
		"not that of a serv": {empty, other},
		"cannot be opened":   {filepath.Join(folder, "none.db"), other},
	} {
		if _, err := ReadStatus(t.Context(), c.path, c.keys); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
