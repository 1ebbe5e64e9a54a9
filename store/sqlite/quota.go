package sqlite

import (
	"context"

	"timbre"
)

// Limit sets the quotas.
func (s *Store) Limit(l timbre.Limits) { s.limits.Store(&l) }

func (s *Store) limit() (l timbre.Limits) {
	if set := s.limits.Load(); set != nil {
		l = *set
	}
	return l
}

// Used implements timbre.Quotas. The fullest connector and domain are found in the range of their tallies.
func (s *Store) Used(ctx context.Context) (u timbre.Usage, err error) {
	err = s.reader.QueryRowContext(ctx, `SELECT
		coalesce((SELECT n FROM tally WHERE what = 'pipelines'), 0),
		coalesce((SELECT n FROM tally WHERE what = 'tasks'), 0),
		(SELECT count(DISTINCT transaction_id) FROM task INDEXED BY task_active_once WHERE active = 1),
		coalesce((SELECT max(n) FROM tally WHERE what > 'calls of ' AND what < 'calls of!'), 0),
		coalesce((SELECT max(n) FROM tally WHERE what > 'profiles of ' AND what < 'profiles of!'), 0)`).
		Scan(&u.Pipelines, &u.Tasks, &u.Analysed, &u.Calls, &u.Profiles)
	return u, wrap("store.Used", err)
}

// withinQuota refuses a creation that exceeds a limit; the transaction is then rolled back. The query counts what exists after the
// insert.
func withinQuota(ctx context.Context, q querier, limit int, what, query string, args ...any) error {
	if limit == 0 {
		return nil
	}
	var n int
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return err
	}
	if n > limit {
		return overQuota(limit, what)
	}
	return nil
}

// withinTasks refuses a task over the quotas of tasks, and of calls that have any. Those are at most as many, and counted only if that is not
// enough to know.
func (s *Store) withinTasks(ctx context.Context, q querier) error {
	limit := s.limit()
	if limit.Tasks == 0 && limit.Analysed == 0 {
		return nil
	}
	var tasks int
	if err := q.QueryRowContext(ctx, countQuery, "tasks").Scan(&tasks); err != nil {
		return err
	}
	switch {
	case limit.Tasks > 0 && tasks > limit.Tasks:
		return overQuota(limit.Tasks, "active voice analytics tasks")
	case tasks <= limit.Analysed:
		return nil
	}
	return withinQuota(ctx, q, limit.Analysed, "calls with voice analytics",
		"SELECT count(DISTINCT transaction_id) FROM task INDEXED BY task_active_once WHERE active = 1")
}

func overQuota(limit int, what string) error {
	return timbre.Errorf(timbre.Limit, "", "The quota of %d %s has been reached.", limit, what)
}

const countQuery = "SELECT n FROM tally WHERE what = ?"

// withinTags refuses more tags than the limit, unless the resource had as many before.
func (s *Store) withinTags(tags map[string]string, had int) error {
	if limit := s.limit().Tags; limit > 0 && len(tags) > max(limit, had) {
		return timbre.Errorf(timbre.Limit, "", "A resource can have at most %d tags.", limit)
	}
	return nil
}

// withinMembers refuses more connectors in a group than the limit, unless the group had as many before.
func (s *Store) withinMembers(r timbre.Resource, had int) error {
	if limit := s.limit().Members; r.Kind == timbre.KindGroup && limit > 0 && len(r.Uses) > max(limit, had) {
		return timbre.Errorf(timbre.Limit, "", "A voice connector group can have at most %d voice connectors.", limit)
	}
	return nil
}

// withinCalls refuses a new live call on a connector that has reached the limit.
func (s *Store) withinCalls(ctx context.Context, q querier, c timbre.Call) error {
	limit := s.limit().Calls
	if limit == 0 || !c.Ended.IsZero() {
		return nil
	}
	var over bool
	err := q.QueryRowContext(ctx, `SELECT NOT EXISTS (SELECT 1 FROM call WHERE transaction_id = ?) AND
		coalesce((SELECT n FROM tally WHERE what = ?), 0) >= ?`,
		c.TransactionID, "calls of "+c.ConnectorID, limit).Scan(&over)
	if err == nil && over {
		err = timbre.Errorf(timbre.Limit, "", "The quota of %d live calls on a voice connector has been reached.", limit)
	}
	return err
}
