package sqlite

import "context"

// skipNumbers leaves out numbers of events that may have been given out by what the database has lost.
func skipNumbers(ctx context.Context, q querier, n int64) error {
	_, err := q.ExecContext(ctx, "UPDATE sequence SET last = last + ?", n)
	return err
}

// ReserveNumbers implements timbre.NumberReserver.
func (s *Store) ReserveNumbers(ctx context.Context, n int64) (last int64, err error) {
	err = s.write(ctx, "store.ReserveNumbers", func(q querier) error {
		return q.QueryRowContext(ctx, "UPDATE sequence SET last = last + ? RETURNING last", n).Scan(&last)
	})
	return last, err
}
