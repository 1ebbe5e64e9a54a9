package call

import (
	"errors"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestRecoverEndsInterruptedCallsOnce(t *testing.T) {
	r, d := registry()
	stale := twoLegs()
	stale.TransactionID, stale.StoredByes = "stale", []timbre.StoredBye{{To: "192.0.2.1:5060"}}
	d.live, d.stale = []string{"unreadable", "stale"}, map[string]timbre.Call{"stale": stale}
	var records []timbre.Call
	told := 0
	r.Observe(Observers{
		Lost:  func(c timbre.Call) { told += len(c.StoredByes) },
		Ended: func(c timbre.Call, _ []*timbre.Reception) { records = append(records, c) },
	})
	if n, err := r.Interrupted(t.Context()); n != 2 || err != nil {
		t.Fatalf("got %d and %v, want 2 calls", n, err)
	}
	begin(t, r) // the doors are open

	d.fail = errors.New("disk full")
	if err := r.Recover(t.Context()); !errors.Is(err, d.fail) {
		t.Errorf("got %v, want %v", err, d.fail)
	}
	d.fail = nil
	for range 2 {
		if err := r.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(d.calls) != 2 || d.calls[1].TransactionID != "stale" || d.calls[1].Ended.IsZero() || d.calls[1].Failure == "" {
		t.Fatalf("got saves %+v, want the end of the stale call", d.calls)
	}
	if !slices.Equal(d.sent[1], []string{"Streaming Status FAILED 0", "Streaming Status FAILED 1"}) {
		t.Errorf("got events %q, want FAILED for each leg", d.sent[1])
	}
	if told != 1 || d.calls[1].StoredByes != nil {
		t.Errorf("got %d peers told and %v kept, want one told, once", told, d.calls[1].StoredByes)
	}
	if n := testutil.ToFloat64(r.metrics.ended.WithLabelValues("recovered")); n != 1 || len(records) != 1 || !records[0].Ended.Equal(d.calls[1].Ended) {
		t.Errorf("got %v ends counted and records %+v, want one of the end that was saved", n, records)
	}
}
