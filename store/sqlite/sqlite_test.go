package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"timbre/store"
	"timbre/store/sqlite"
	"timbre/store/storetest"
	"timbre/vault"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Engine {
		folder := t.TempDir()
		return storetest.Engine{
			Open: func(t *testing.T) store.Store { return open(t, folder) },
			Raw:  func(t *testing.T) []byte { return raw(t, folder) },
			Settle: func(t *testing.T, s store.Store) {
				if err := s.(*sqlite.Store).Pack(t.Context()); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

// open opens the store and the keys of a data folder.
func open(t testing.TB, folder string) *sqlite.Store {
	t.Helper()
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(folder, "timbre.db"), keys, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// raw returns every byte of every file in a folder.
func raw(t testing.TB, folder string) []byte {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []byte
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, f.Name()...), b...)
	}
	return all
}
