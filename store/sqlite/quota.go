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
		return timbre.Errorf(timbre.Limit, "", "The quota of %d %s has been reached.", limit, what)
	}
	return nil
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
