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

// within refuses a creation that has made more than a limit allows; its transaction takes it back. The query counts what
// there is now.
func within(ctx context.Context, q querier, limit int, what, query string, args ...any) error {
	if limit == 0 {
		return nil
	}
	var n int
	if err := q.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
		return err
	}
	if n > limit {
		return timbre.Errorf(timbre.Limit, "", "The quota of %d %s is used up.", limit, what)
	}
	return nil
}

// withinTags refuses more tags than a resource may have.
func (s *Store) withinTags(tags map[string]string) error {
	if limit := s.limit().Tags; limit > 0 && len(tags) > limit {
		return timbre.Errorf(timbre.Limit, "", "A resource may have %d tags.", limit)
	}
	return nil
}
