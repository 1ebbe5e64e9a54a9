package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"timbre"
)

// save makes commits of four pages or more.
func (s *Store) save(t *testing.T, commits int) {
	t.Helper()
	for i := range commits {
		ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: fmt.Sprint(i), Metadata: strings.Repeat("x", 10_000)}, nil))
	}
}

// logged is how many pages are in the log, and how many of them have not been moved.
func (s *Store) logged(t *testing.T) (pages, left int) {
	t.Helper()
	var busy, moved int
	ok(t, s.reader.DB.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &pages, &moved))
	return pages, pages - moved
}

// quiet is a store that moves its log only when the test says so.
func quiet(t *testing.T) *Store {
	s := begin(t, t.TempDir())
	s.stop()
	s.background.Wait()
	return s
}

// No commit moves the log into the database: that would take as long as the disk needs for all of it.
func TestNoCommitMovesTheLog(t *testing.T) {
	s := quiet(t)
	before, err := os.Stat(s.file())
	ok(t, err)
	s.save(t, 500)
	after, err := os.Stat(s.file())
	ok(t, err)
	if after.Size() != before.Size() {
		t.Errorf("got a database of %d bytes after commits, want %d as before them", after.Size(), before.Size())
	}
	if pages, _ := s.logged(t); pages < 2000 {
		t.Errorf("got %d pages in the log, want all that were written", pages)
	}
}

// A log that has been moved is written from its beginning again, so that it stays as short as it was.
func TestLogIsWrittenAgainAfterItWasMoved(t *testing.T) {
	s := quiet(t)
	var sizes []int64
	for range 3 {
		s.save(t, 500)
		ok(t, s.moveLog(t.Context()))
		f, err := os.Stat(s.file() + "-wal")
		ok(t, err)
		sizes = append(sizes, f.Size())
	}
	if sizes[2] > sizes[0]*5/4 {
		t.Errorf("got sizes %v of the log, want it to grow no more", sizes)
	}
}

// The log stays short, also under commits without a pause.
func TestLogStaysShortUnderCommitsWithoutAPause(t *testing.T) {
	s := quiet(t)
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 300 {
				_ = s.SaveCall(context.Background(), timbre.Call{TransactionID: fmt.Sprint(w), Metadata: strings.Repeat(string(rune(97+i%26)), 60_000)}, nil)
			}
		})
	}
	done := make(chan struct{})
	go func() { defer close(done); writers.Wait() }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
			ok(t, s.moveLog(t.Context()))
		}
	}
	f, err := os.Stat(s.file() + "-wal")
	ok(t, err)
	if most := int64(2 * longLog * 4096); f.Size() > most {
		t.Errorf("got a log of %d bytes, want %d at most", f.Size(), most)
	}
}

// An inspection is one long read, during which the log cannot be written from its beginning again: it ends before the log becomes too long.
func TestInspectionIsBrokenOffBeforeTheLogIsTooLong(t *testing.T) {
	s := quiet(t)
	s.save(t, 1)
	reading, end := context.WithCancelCause(t.Context())
	s.inspection.breakOff.Store(&end)
	held, err := s.reader.BeginTx(reading, nil) // as an inspection does
	ok(t, err)
	ok(t, held.QueryRow("SELECT count(*) FROM call").Scan(new(int)))
	for i := 0; reading.Err() == nil; i++ {
		if i > 2*tooLong/30 {
			t.Fatal("got no end of the inspection")
		}
		ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "big", Metadata: strings.Repeat(string(rune(97+i%26)), 120_000)}, nil))
		if i%100 == 0 {
			ok(t, s.moveLog(t.Context()))
		}
	}
	if cause := context.Cause(reading); !errors.Is(cause, errLongLog) {
		t.Errorf("got %v, want %v", cause, errLongLog)
	}
	if s.inspectOnce(t.Context()); s.problems.Load() != 0 {
		t.Errorf("got %d problems, want none", s.problems.Load())
	}
}

func TestInspectionThatWasBrokenOffFindsNothing(t *testing.T) {
	s := quiet(t)
	s.save(t, 100)
	done := make(chan *interruption)
	go func() { done <- s.inspectOnce(t.Context()) }()
	for {
		s.inspection.end(errLongLog)
		select {
		case by := <-done:
			if s.problems.Load() != 0 {
				t.Errorf("got %d problems, broken off by %v; want none", s.problems.Load(), by)
			}
			return
		default:
		}
	}
}
