package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"timbre"
)

// GiveUp implements timbre.Outbox.
func (s *Store) GiveUp(ctx context.Context, bound int64, limit int) (n int, over int64, err error) {
	const op, size = "store.GiveUp", "SELECT coalesce(sum(bytes), 0) FROM outbox_target"
	if err := s.reader.QueryRowContext(ctx, size).Scan(&over); err != nil {
		return 0, 0, wrap(op, err)
	}
	if over -= bound; over <= 0 {
		return 0, 0, nil
	}
	err = s.write(ctx, op, func(q querier) error {
		for _, from := range []struct {
			table string
			yield timbre.Yield
		}{
			{"dead_letter", timbre.YieldsFirst},
			{"outbox", timbre.YieldsFirst},
			{"dead_letter", timbre.YieldsLast},
			{"outbox", timbre.YieldsLast},
		} {
			for some := true; some && over > 0 && n < limit; {
				var freed int64
				if freed, some, err = giveUpOldest(ctx, q, from.table, from.yield); err != nil {
					return err
				}
				if some {
					n, over = n+1, over-freed
				}
			}
		}
		return nil
	})
	return n, max(0, over), err
}

// giveUpOldest erases the oldest row of a table that yields in this way. It returns its size, or false if there is none.
func giveUpOldest(ctx context.Context, q querier, table string, yield timbre.Yield) (freed int64, some bool, err error) {
	err = q.QueryRowContext(ctx, "DELETE FROM "+table+" WHERE seq = (SELECT seq FROM "+table+" INDEXED BY "+table+
		"_yield WHERE yield > 0 AND yield = ? ORDER BY seq LIMIT 1) RETURNING length(payload) + 512", yield).Scan(&freed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return freed, err == nil, err
}
