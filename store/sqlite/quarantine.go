package sqlite

import (
	"context"
	"maps"
	"sync"
)

// moved are the tables whose damaged rows move to the quarantine, with the column of the id. They end by themselves, and count as live
// until they do: where they stand they would hold a place for ever. What else is damaged stays where it is, because other rows belong to
// it: deleting a domain would delete its profiles.
var moved = map[string]string{"task": "id", "call": "transaction_id", "pipeline": "id"}

// damaged is the identity of a row.
type damaged struct{ kind, id string }

// quarantine knows the damaged rows that have been found.
type quarantine struct {
	mu    sync.Mutex
	known map[damaged]struct{}
}

// add is false if the row is known.
func (q *quarantine) add(d damaged) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, known := q.known[d]; known {
		return false
	}
	if q.known == nil {
		q.known = map[damaged]struct{}{}
	}
	q.known[d] = struct{}{}
	return true
}

// Damaged counts the damaged rows that have been found, by table. Those that have moved count until they are erased, at most until the
// next start.
func (s *Store) Damaged() map[string]int {
	s.quarantine.mu.Lock()
	defer s.quarantine.mu.Unlock()
	counts := map[string]int{}
	for d := range maps.Keys(s.quarantine.known) {
		counts[d.kind]++
	}
	return counts
}

// isolate notes a damaged row: once, in the log, in the metric and in the table of the quarantine. It must not be called within a
// transaction.
func (s *Store) isolate(ctx context.Context, d damaged, reason error) {
	if !s.quarantine.add(d) {
		return
	}
	_, moves := moved[d.kind]
	if s.writer != nil { // not that of a Reader
		if err := s.write(context.WithoutCancel(ctx), "store.isolate", func(q querier) error { return d.isolate(ctx, q, reason) }); err != nil {
			s.log.Error("a damaged row cannot be put into quarantine", "kind", d.kind, "id", d.id, "error", err)
			moves = false
		}
	}
	s.log.Error("a stored row is damaged and is left out", "kind", d.kind, "id", d.id, "moved", moves, "error", reason)
}

func (d damaged) isolate(ctx context.Context, q querier, reason error) error {
	column, moves := moved[d.kind]
	if !moves {
		_, err := q.ExecContext(ctx, "INSERT OR REPLACE INTO quarantine VALUES (?, ?, ?, unixepoch(), NULL)", d.kind, d.id, reason.Error())
		return err
	}
	where := " FROM " + d.kind + " WHERE " + column + " = ?"
	if _, err := q.ExecContext(ctx, "INSERT OR REPLACE INTO quarantine SELECT ?, ?, ?, unixepoch(), CAST(document AS BLOB)"+where,
		d.kind, d.id, reason.Error(), d.id); err != nil {
		return err
	}
	if _, err := q.ExecContext(ctx, "DELETE"+where, d.id); err != nil || d.kind != "call" {
		return err
	}
	_, err := q.ExecContext(ctx, recountCalls) // the connector of the call is not known
	return err
}

const recountCalls = `UPDATE tally SET n = (SELECT count(*) FROM call WHERE ended IS NULL
	AND 'calls of ' || coalesce(iif(json_valid(document), document ->> '$.ConnectorID', ''), '') = what) WHERE what LIKE 'calls of %'`

// resume forgets rows that stood in their tables, which are found again if they are still damaged, and knows those that moved.
func (s *Store) resume(ctx context.Context) error {
	err := s.write(ctx, "store.resume", func(q querier) error {
		_, err := q.ExecContext(ctx, "DELETE FROM quarantine WHERE document IS NULL")
		return err
	})
	if err != nil {
		return err
	}
	known, err := queryAll(ctx, s.reader, func(row scanner) (d damaged, err error) {
		return d, row.Scan(&d.kind, &d.id)
	}, "SELECT kind, id FROM quarantine")
	for _, d := range known {
		s.quarantine.add(d)
	}
	return err
}
