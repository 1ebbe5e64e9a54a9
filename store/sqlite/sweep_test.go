package sqlite

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// sweep erases what the rules say, by a clock that is right.
func sweep(ctx context.Context, s *Store, at time.Time) error {
	for _, l := range timbre.Lives {
		for n := 1; n > 0 && l.For > 0; {
			var err error
			if n, _, err = s.Erase(ctx, l.Of, func() []environment.Span { return []environment.Span{{After: environment.Ever, Until: at.Add(-l.For)}} }, time.Millisecond); err != nil {
				return err
			}
		}
	}
	return s.Scrub(ctx)
}

// Every statement of a sweep must find what has expired by seeking: a scan would cost as much as is kept.
func TestSweepSeeksWhatHasExpired(t *testing.T) {
	s := begin(t, t.TempDir())
	for of, x := range expiries {
		for _, query := range x.statements {
			t.Run(string(of), func(t *testing.T) {
				rows, err := s.reader.Query("EXPLAIN QUERY PLAN "+query, 1, 1, "[]", 1)
				ok(t, err)
				defer rows.Close()
				for rows.Next() {
					var id, parent, unused int
					var step string
					ok(t, rows.Scan(&id, &parent, &unused, &step))
					if strings.HasPrefix(step, "SCAN") && step != "SCAN c" && !strings.Contains(step, "VIRTUAL TABLE") || strings.Contains(step, "TEMP B-TREE") {
						t.Errorf("got the step %q, want a search", step)
					}
				}
				ok(t, rows.Err())
			})
		}
	}
}

// So must a deletion: it must cost what it deletes, however many voiceprints are stored.
func TestDeletionsSeekWhatTheyErase(t *testing.T) {
	s := begin(t, t.TempDir())
	for name, query := range map[string]string{"of a profile": eraseOfProfile, "of a domain": eraseOfDomain} {
		t.Run(name, func(t *testing.T) {
			steps, err := queryAll(t.Context(), s.reader, func(row scanner) (step string, err error) {
				var unused int
				return step, row.Scan(&unused, &unused, &unused, &step)
			}, "EXPLAIN QUERY PLAN "+query, "id")
			ok(t, err)
			for _, step := range steps {
				if strings.HasPrefix(step, "SCAN") {
					t.Errorf("got the step %q, want a search", step)
				}
			}
		})
	}
}

// What is written while the spans are asked for would be stamped by a clock that they do not know.
func TestNothingIsWrittenBetweenTheSpansAndTheErasure(t *testing.T) {
	s := begin(t, t.TempDir())
	var written atomic.Bool
	done := make(chan error, 1)
	_, _, err := s.Erase(t.Context(), timbre.Results, func() []environment.Span {
		go func() {
			err := s.SaveCall(context.Background(), timbre.Call{TransactionID: "1"}, nil)
			written.Store(true)
			done <- err
		}()
		for range 10_000 {
			runtime.Gosched()
		}
		if written.Load() {
			t.Error("got a call saved meanwhile, want it to wait")
		}
		return nil
	}, time.Millisecond)
	ok(t, err)
	ok(t, <-done)
}

func TestEachRuleHasAnExpiry(t *testing.T) {
	for _, l := range timbre.Lives {
		if _, has := expiries[l.Of]; has != (l.For > 0) {
			t.Errorf("%s: got an expiry %v, want one for what is kept for %v in the store", l.Of, has, l.For)
		}
	}
}
