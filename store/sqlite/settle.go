package sqlite

import (
	"context"
	"errors"
	"time"

	"timbre"
)

// Settle implements timbre.Outbox.
func (s *Store) Settle(ctx context.Context, outcomes []timbre.Outcome) error {
	return s.write(ctx, "store.Settle", func(q querier) error {
		for _, o := range outcomes {
			if err := settle(ctx, q, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func settle(ctx context.Context, q querier, o timbre.Outcome) error {
	if o.TargetWait > 0 {
		if _, err := q.ExecContext(ctx, "UPDATE outbox_target SET waited = waited + ? WHERE target = (SELECT target FROM outbox WHERE seq = ?)",
			o.TargetWait, o.Seq); err != nil {
			return err
		}
	}
	switch o.Fate {
	case timbre.Delivered:
		return delivered(ctx, q, o.Seq)
	case timbre.Postponed:
		_, err := q.ExecContext(ctx, `UPDATE outbox SET next_try = ?, tries = tries + 1, waited = waited + ?, reason = ?
			WHERE seq = ? AND next_try IS NOT NULL`, unixNano(o.Next), o.Wait, o.Death.Error, o.Seq)
		return err
	default:
		if _, err := q.ExecContext(ctx, "UPDATE outbox SET tries = tries + 1, reason = ? WHERE seq = ?", o.Death.Error, o.Seq); err != nil {
			return err
		}
		_, err := bury(ctx, q, []int64{o.Seq}, o.Death)
		return err
	}
}

// delivered removes a notice, also if it was buried while it was on its way.
func delivered(ctx context.Context, q querier, seq int64) error {
	res, err := q.ExecContext(ctx, "DELETE FROM outbox WHERE seq = ?", seq)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	_, err = q.ExecContext(ctx, "DELETE FROM dead_letter WHERE seq = ?", seq)
	return err
}

// bury moves notices to the dead letters. It returns the number of those that were there.
func bury(ctx context.Context, q querier, seqs []int64, d timbre.Death) (n int, err error) {
	for _, seq := range seqs {
		res, err := q.ExecContext(ctx, `INSERT INTO dead_letter (seq, id, key, target, role, payload, yield, created, transaction_id, tries, cause, reason, died)
			SELECT seq, id, key, target, role, payload, yield, created, transaction_id, tries, ?2, iif(?3 = '', reason, ?3), ?4 FROM outbox WHERE seq = ?1`,
			seq, d.Cause, d.Error, unixNano(d.At))
		if err != nil {
			return n, err
		}
		if _, err := q.ExecContext(ctx, "DELETE FROM outbox WHERE seq = ?", seq); err != nil {
			return n, err
		}
		one, err := res.RowsAffected()
		if err != nil {
			return n, err
		}
		n += int(one)
	}
	return n, nil
}

// Bury implements timbre.Outbox. Notices grow younger with their numbers, so the first one that is too young is the last that it reads.
func (s *Store) Bury(ctx context.Context, target string, age time.Duration, d timbre.Death, limit int) (n int, err error) {
	err = s.write(ctx, "store.Bury", func(q querier) error {
		var seqs []int64
		_, err := queryAll(ctx, q, func(row scanner) (struct{}, error) {
			var seq int64
			var old bool
			err := row.Scan(&seq, &old)
			if err == nil && !old {
				err = errYoung
			}
			seqs = append(seqs, seq)
			return struct{}{}, err
		}, `SELECT seq, began + ?2 <= t.waited FROM outbox INDEXED BY outbox_of_target JOIN outbox_target t USING (target)
			WHERE target = ?1 ORDER BY seq LIMIT ?3`, target, age, limit)
		if errors.Is(err, errYoung) {
			seqs, err = seqs[:len(seqs)-1], nil
		}
		if err == nil {
			n, err = bury(ctx, q, seqs, d)
		}
		return err
	})
	return n, err
}

// errYoung ends a query at a notice that is too young.
var errYoung = errors.New("too young")
