package sqlite

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"timbre"
)

// A full disk is logged when it becomes full and when it has room again, however many writes fail in between.
func TestFullDiskIsLoggedOnceAndCounted(t *testing.T) {
	s := begin(t, t.TempDir())
	log := &bytes.Buffer{}
	s.log = slog.New(slog.NewTextHandler(log, nil))
	ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "fits"}, nil))
	_, err := s.writer.Exec("PRAGMA max_page_count = 1")
	ok(t, err)
	for i := range 50 {
		big := timbre.Call{TransactionID: fmt.Sprint(i), Metadata: strings.Repeat("x", 100_000)}
		if err := s.SaveCall(t.Context(), big, nil); timbre.KindOf(err) != timbre.Unavailable {
			t.Fatalf("got %v, want Unavailable", err)
		}
	}
	_, err = s.writer.Exec("PRAGMA max_page_count = 1000000")
	ok(t, err)
	ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "fits again"}, nil))
	if got := strings.Count(log.String(), "\n"); got != 2 || !strings.Contains(log.String(), "failed_writes=50") {
		t.Errorf("got %d lines, want 2 with the count:\n%s", got, log)
	}
	if n := s.outage.total(); n != 50 {
		t.Errorf("got %d failed writes counted, want 50", n)
	}
}

// A server without writes of its own finds out that the disk has room again.
func TestWritableEndsAnOutage(t *testing.T) {
	s := begin(t, t.TempDir())
	ok(t, s.Writable(t.Context()))
	_, err := s.writer.Exec("PRAGMA query_only = ON") // as on a read-only disk
	ok(t, err)
	if err := s.SaveCall(t.Context(), timbre.Call{TransactionID: "x"}, nil); timbre.KindOf(err) != timbre.Unavailable {
		t.Fatalf("got %v, want Unavailable", err)
	}
	if err := s.Writable(t.Context()); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v while the disk takes no writes, want Unavailable", err)
	}
	_, err = s.writer.Exec("PRAGMA query_only = OFF")
	ok(t, err)
	ok(t, s.Writable(t.Context()))
	if s.outage.lasts() {
		t.Error("the outage lasts, want it ended by the write that was tried")
	}
}
