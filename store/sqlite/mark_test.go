package sqlite

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// crashedWith is a copy of the files of a store that is open, as a crash leaves them, after cut.
func crashedWith(t *testing.T, was *Store, from string, cut func(folder string)) (*Store, string) {
	t.Helper()
	to := t.TempDir()
	files, err := os.ReadDir(from)
	ok(t, err)
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		ok(t, err)
		ok(t, os.WriteFile(filepath.Join(to, f.Name()), b, 0o600))
	}
	cut(to)
	log := &bytes.Buffer{}
	s, err := Open(t.Context(), filepath.Join(to, "timbre.db"), was.keys, slog.New(slog.NewTextHandler(log, nil)))
	ok(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s, log.String()
}

func TestLostWriteAheadLogIsNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		cut  func(folder string)
		lost func(n int64) bool
	}{
		"whole":   {func(string) {}, func(n int64) bool { return n == 0 }},
		"removed": {func(f string) { ok(t, os.Remove(filepath.Join(f, "timbre.db-wal"))) }, func(n int64) bool { return n == 51 }},
		"cut": {func(f string) {
			wal := filepath.Join(f, "timbre.db-wal")
			size, err := os.Stat(wal)
			ok(t, err)
			ok(t, os.Truncate(wal, size.Size()/2))
		}, func(n int64) bool { return n > 10 && n < 40 }},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			s := begin(t, folder)
			s.truncateLog(t.Context())
			for i := range 50 {
				ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: fmt.Sprint(i)}, nil))
			}
			given, err := s.ReserveNumbers(t.Context(), timbre.NumberBlock)
			ok(t, err)
			s.stop() // moves the mark a last time
			s.background.Wait()
			after, log := crashedWith(t, s, folder, c.cut)
			n := after.mark.lost.Load()
			if !c.lost(n) || (n > 0) != strings.Contains(log, "lost its last commits") {
				t.Errorf("got %d lost commits and the log %q", n, log)
			}
			if last, err := after.ReserveNumbers(t.Context(), timbre.NumberBlock); err != nil || last-timbre.NumberBlock < given {
				t.Errorf("got numbers up to %d and %v, want only such above %d", last, err, given)
			}
		})
	}
}
