package call

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func reserve(t *testing.T, r *Registry) string {
	t.Helper()
	txid, legs, err := r.Reserve(t.Context(), twoLegs())
	if err != nil || len(legs) != 2 {
		t.Fatalf("got %d listeners and %v, want 2", len(legs), err)
	}
	return txid
}

// A call is announced once it has been answered.
func TestReservedCallIsAnnouncedWhenItIsAnswered(t *testing.T) {
	r, d := registry()
	var begun, ended int
	r.Observe(Observers{
		Begun: func(_ context.Context, c timbre.Call) { begun++ },
		Ended: func(timbre.Call, []*timbre.Reception) { ended++ },
	})
	txid := reserve(t, r)
	if _, found := r.Call(txid); !found {
		t.Error("got no call, want one: its peer may know its id from the answer already")
	}
	if len(r.Live()) != 0 || len(d.sent[0]) != 0 || begun != 0 || !d.calls[0].Reserved {
		t.Errorf("got events %q and Begun %d times, want none of a reserved call", d.sent[0], begun)
	}
	for i := range 2 {
		if err := r.Answered(t.Context(), txid); (err == nil) != (i == 0) {
			t.Errorf("answer %d: got %v", i, err)
		}
	}
	c, live := r.Call(txid)
	if !live || c.Reserved || len(d.sent) != 2 || len(d.sent[1]) != 5 || begun != 1 || testutil.ToFloat64(r.metrics.live) != 1 {
		t.Errorf("got live %v, events %q and Begun %d times, want all of the start, once", live, d.sent, begun)
	}
	if err := r.End(t.Context(), txid, ""); err != nil || ended != 1 || len(d.removed) != 0 {
		t.Errorf("got %v, Ended %d times and %v removed, want an end", err, ended, d.removed)
	}
}

// A call that is never answered has no events, no record and no row, also when the store fails meanwhile.
func TestCallThatIsNeverAnsweredLeavesNoTrace(t *testing.T) {
	r, d := registry()
	r.Observe(Observers{
		Begun: func(context.Context, timbre.Call) { t.Error("got Begun, want nothing") },
		Ended: func(timbre.Call, []*timbre.Reception) { t.Error("got Ended, want nothing") },
	})
	txid := reserve(t, r)
	e := tapped(t, r, txid, 0)
	d.set(errors.New("disk full"))
	if err := r.Answered(t.Context(), txid); err == nil {
		t.Error("got no error, want that of the store")
	}
	if err := r.End(t.Context(), txid, "cancelled"); err == nil || e.ends != 1 {
		t.Errorf("got %v and %d ends, want the error of the store and 1", err, e.ends)
	}
	d.set(nil)
	if !r.saveEnds(t.Context()) {
		t.Error("got an end that is not saved")
	}
	if !slices.Equal(d.removed, []string{txid}) || len(d.calls) != 1 || len(r.calls) != 0 || testutil.ToFloat64(r.metrics.live) != 0 {
		t.Errorf("got %v removed, %d saves and %d calls, want the call removed", d.removed, len(d.calls), len(r.calls))
	}
}

// A crash between the answer and the announcement: the call was answered, so its end is announced.
func TestReservedCallOfACrashHasFailed(t *testing.T) {
	r, d := registry()
	stale := twoLegs()
	stale.TransactionID, stale.Reserved = "stale", true
	d.live, d.stale = []string{"stale"}, map[string]timbre.Call{"stale": stale}
	if _, err := r.Interrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Recover(t.Context()); err != nil || len(d.removed) != 0 || len(d.calls) != 1 || d.calls[0].Reserved || d.calls[0].Failure == "" {
		t.Errorf("got %v, %v removed and saves %+v, want the failure of the call", err, d.removed, d.calls)
	}
}
