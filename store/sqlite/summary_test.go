package sqlite

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

// A call that was live when an older version stopped has its summary after the start of this one.
func TestLiveCallsOfAnOlderVersionHaveASummary(t *testing.T) {
	folder := t.TempDir()
	db := ofVersion(t, folder, 9)
	for _, row := range []string{
		`INSERT INTO call VALUES ('live', 1, NULL, '{"TransactionID":"live"}'), ('over', 1, 2, '{"TransactionID":"over","Ended":"2026-01-02T03:04:05Z"}')`,
		`INSERT INTO task (id, kind, transaction_id, domain_id, active, created, document) VALUES
			('t1', 1, 'live', 'd', 1, 1, '{"ID":"t1","Kind":1,"TransactionID":"live"}'), ('t2', 1, 'over', 'd', 0, 1, '{"ID":"t2","Kind":1,"TransactionID":"over"}')`,
	} {
		_, err := db.Exec(row)
		ok(t, err)
	}
	ok(t, db.Close())

	s := begin(t, folder)
	ended := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ok(t, s.SaveCall(t.Context(), timbre.Call{TransactionID: "live", Ended: ended}, nil))
	pending, err := s.PendingSummaries(t.Context())
	ok(t, err)
	if len(pending) != 1 || !pending["live"].Equal(ended) {
		t.Errorf("got pending summaries %v, want that of the live call", pending)
	}
	r, err := s.CallResults(t.Context(), "live")
	ok(t, err)
	if !slices.ContainsFunc(r.Tasks, func(task timbre.Task) bool { return task.ID == "t1" }) {
		t.Errorf("got results %+v, want task t1", r)
	}
}
