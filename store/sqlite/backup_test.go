package sqlite

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"timbre"
	"timbre/store/storetest"
	"timbre/vault"
)

func TestBackupOfARunningServerIsRestored(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
	enrol(t, s, "d", "p")
	path, to := filepath.Join(folder, "timbre.db"), filepath.Join(folder, "backup")
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := range 200 {
			ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: fmt.Sprint(i)}, nil))
		}
	})
	made, err := Backup(t.Context(), path, s.keys, to)
	ok(t, err)
	writing.Wait()
	if _, err := Backup(t.Context(), path, s.keys, to); timbre.KindOf(err) != timbre.Conflict {
		t.Errorf("got %v of a backup over another, want Conflict", err)
	}
	if f, err := os.Stat(to); err != nil || f.Mode().Perm() != 0o600 {
		t.Errorf("got %v and mode %v, want 0600", err, f.Mode())
	}
	if _, err := Restore(t.Context(), to, path, s.keys, v0); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v of a restore under a server, want Unavailable", err)
	}
	given, err := s.ReserveNumbers(t.Context(), 1000)
	ok(t, err)
	ok(t, s.Close())
	kept, err := Restore(t.Context(), to, path, s.keys, v0)
	ok(t, err)
	s = begin(t, folder)
	list, err := storetest.AllVoices(t.Context(), s, "d", v0)
	only(t, list, err)
	live, err := s.LiveCalls(t.Context())
	if err != nil || len(live) != made.Calls {
		t.Errorf("got %d calls and %v, want %d", len(live), err, made.Calls)
	}
	if last, err := s.ReserveNumbers(t.Context(), 1); err != nil || last <= given {
		t.Errorf("got number %d and %v, want one above %d", last, err, given)
	}
	if n := s.mark.lost.Load(); n != 0 {
		t.Errorf("got %d lost commits after a restore, want none", n)
	}
	if was, err := Check(t.Context(), kept, s.keys); err != nil || was.Calls != 200 {
		t.Errorf("got %+v and %v kept, want 200 calls", was, err)
	}
}

func TestCheckRefusesWhatCannotBeRestored(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	for i := range 500 {
		ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: fmt.Sprint(i), Metadata: fmt.Sprintf("%01000d", i)}, nil))
	}
	to := filepath.Join(folder, "backup")
	_, err := Backup(t.Context(), filepath.Join(folder, "timbre.db"), s.keys, to)
	ok(t, err)
	others, err := vault.Open(filepath.Join(t.TempDir(), "key"))
	ok(t, err)
	if _, err := Check(t.Context(), to, others); err == nil {
		t.Error("got no error of another key, want one")
	}
	whole, err := os.ReadFile(to)
	ok(t, err)
	for name, b := range map[string][]byte{
		"cut":            whole[:len(whole)/2],
		"empty":          {},
		"no database":    []byte("hello"),
		"damaged inside": append(append(append([]byte{}, whole[:40960]...), make([]byte, 40960)...), whole[81920:]...),
	} {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "backup")
			ok(t, os.WriteFile(bad, b, 0o600))
			if c, err := Check(t.Context(), bad, s.keys); err == nil {
				t.Errorf("got %+v, want an error", c)
			}
		})
	}
}

func TestDatabaseIsCopiedBeforeItsTablesChange(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	ok(t, s.CreateDomain(t.Context(), timbre.Domain{ID: "d"}))
	name := s.copyName()
	_ = s.Close()
	if _, err := os.Stat(name); err == nil {
		t.Error("got a copy without a migration, want none")
	}
	earlier(t, folder, 13)
	s = begin(t, folder)
	if c, err := Check(t.Context(), name, s.keys); err != nil || c.Version != 13 || c.Domains != 1 {
		t.Errorf("got %+v and %v, want the tables of version 13 with their domain", c, err)
	}
	s.expireCopy(t.Context(), 0)
	if _, err := os.Stat(name); err == nil {
		t.Error("got the copy after the life of its results, want none")
	}
}
