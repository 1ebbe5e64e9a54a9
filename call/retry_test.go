package call

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunRetriesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, d := registry()
		ctx, cancel := context.WithCancel(t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); r.Run(ctx) }()
		defer func() { cancel(); <-stopped }()

		first, _ := begin(t, r)
		second, _ := begin(t, r)
		lives, _ := begin(t, r)
		d.set(errors.New("disk full"))
		for txid, failure := range map[string]string{first: "", second: "no media"} {
			if err := r.End(t.Context(), txid, failure); err == nil {
				t.Error("got no error from a full disk, want one")
			}
		}
		<-time.After(10 * time.Minute)
		synctest.Wait()
		if len(d.calls) != 3 {
			t.Fatalf("got %d saves, want 3", len(d.calls))
		}
		d.set(nil)
		<-time.After(maxBackoff)
		synctest.Wait()
		how := map[string]string{}
		for i, c := range d.calls[3:] {
			if c.Ended.IsZero() || len(d.sent[3+i]) != 2 {
				t.Errorf("got save %+v with events %q", c, d.sent[3+i])
			}
			how[c.TransactionID] = c.Failure
		}
		if len(d.calls) != 5 || how[first] != "" || how[second] != "no media" {
			t.Errorf("got %d saves with failures %q, want 5", len(d.calls), how)
		}
		if _, ok := r.Call(lives); !ok || len(r.calls) != 1 {
			t.Errorf("got %d calls left, want 1", len(r.calls))
		}
	})
}

// Whether a write that failed is durable may be unknown. If the next attempt sent other events, the end would be told twice.
func TestEndIsToldByTheSameEventsInEachAttempt(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	d.set(errors.New("disk full"))
	for range 2 {
		if err := r.End(t.Context(), txid, ""); err == nil {
			t.Fatal("got no error from a full disk, want one")
		}
	}
	d.mu.Lock()
	first := d.events[0].ID
	d.mu.Unlock()
	d.set(nil)
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if got := d.events[0].ID; got != first || len(d.sent[len(d.sent)-1]) != 2 {
		t.Errorf("got event %s at last, want %s as in the first attempt", got, first)
	}
}
