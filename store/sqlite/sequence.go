package sqlite

import "context"

func (s *Store) ReserveNumbers(ctx context.Context, n int64) (last int64, err error) {
	err = s.write(ctx, "store.ReserveNumbers", func(q querier) error {
		return q.QueryRowContext(ctx, "UPDATE sequence SET last = last + ? RETURNING last", n).Scan(&last)
	})
	return last, err
}
