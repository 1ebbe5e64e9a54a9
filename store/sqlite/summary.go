package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"timbre"
)

func (s *Store) PendingSummaries(ctx context.Context) (map[string]time.Time, error) {
	pending := map[string]time.Time{}
	_, err := queryAll(ctx, s.reader, func(row scanner) (id string, err error) {
		var ended int64
		err = row.Scan(&id, &ended)
		pending[id] = time.Unix(0, ended).UTC()
		return id, err
	}, "SELECT transaction_id, ended FROM summary WHERE ended IS NOT NULL")
	return pending, wrap("store.PendingSummaries", err)
}

// maxEnrolments is how many enrolments of a call a summary tells of, the last ones, so that a client that repeats itself cannot make it too large
// to be delivered.
const maxEnrolments = 100

func (s *Store) CallResults(ctx context.Context, transactionID string) (r timbre.CallResults, err error) {
	const op = "store.CallResults"
	if err := s.reader.QueryRowContext(ctx, "SELECT 1 FROM summary WHERE transaction_id = ?", transactionID).Scan(new(int)); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = noSummary(transactionID)
		}
		return r, wrap(op, err)
	}
	if r.Call, err = s.Call(ctx, transactionID); err != nil {
		return r, err
	}
	if r.Tasks, err = documents[timbre.Task](s, "task").all(ctx, -1,
		"SELECT id, document FROM task WHERE transaction_id = ? ORDER BY created, id", transactionID); err != nil {
		return r, wrap(op, err)
	}
	r.Enrolments, err = queryAll(ctx, s.reader, scanEnrolment, `SELECT task_id, profile_id, renewed, requested FROM (
		SELECT e.rowid AS n, e.* FROM task t JOIN enrolment e ON e.task_id = t.id WHERE t.transaction_id = ? ORDER BY n DESC LIMIT ?) ORDER BY n`,
		transactionID, maxEnrolments)
	return r, wrap(op, err)
}

func scanEnrolment(row scanner) (e timbre.Enrolment, err error) {
	var requested int64
	err = row.Scan(&e.TaskID, &e.ProfileID, &e.Renewed, &requested)
	e.Time = time.Unix(0, requested).UTC()
	return e, err
}

func (s *Store) PostSummary(ctx context.Context, transactionID string, notices []timbre.Notice) error {
	return s.writeAndPost(ctx, "store.PostSummary", notices, func(q querier) error {
		return execOne(ctx, q, noSummary(transactionID), "DELETE FROM summary WHERE transaction_id = ?", transactionID)
	})
}

func noSummary(transactionID string) error {
	return notFound("summary to post of the call", transactionID)
}

// recordEnrolment records a request that created or renewed a profile from a task.
func recordEnrolment(ctx context.Context, q querier, taskID string, p timbre.Profile, renewed bool) error {
	_, err := q.ExecContext(ctx, "INSERT INTO enrolment VALUES (?, ?, ?, ?)", taskID, p.ID, renewed, unixNano(p.Updated))
	return err
}
