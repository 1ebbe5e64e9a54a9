package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"timbre"
)

// writeAndPost is a write that also inserts notices into the outbox, in the same transaction, and raises Posted.
func (s *Store) writeAndPost(ctx context.Context, op string, notices []timbre.Notice, do func(q querier) error) error {
	if len(notices) == 0 {
		return s.write(ctx, op, do)
	}
	return s.write(ctx, op, func(q querier) error {
		if err := do(q); err != nil {
			return err
		}
		return insertNotices(ctx, q, notices)
	}, s.observers.posted)
}

// insertNotices appends notices to the outbox. Only the first one of a key and target has a time at which it is due; when it is removed,
// the next one gets a time. So what is due is found without scanning what waits behind it.
func insertNotices(ctx context.Context, q querier, notices []timbre.Notice) error {
	for _, n := range notices {
		if _, err := q.ExecContext(ctx, `INSERT INTO outbox (id, key, target, role, payload, created, next_try)
			VALUES (?1, ?2, ?3, ?6, ?4, ?5, iif(EXISTS (SELECT 1 FROM outbox WHERE key = ?2 AND target = ?3), NULL, ?5))`,
			n.ID, n.Key, n.Target, append([]byte{}, n.Payload...), unixNano(n.Created), n.Role); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]timbre.Pending, error) {
	list, err := queryAll(ctx, s.reader, func(row scanner) (p timbre.Pending, err error) {
		var created int64
		err = row.Scan(&p.Seq, &p.ID, &p.Key, &p.Target, &p.Role, &p.Payload, &created, &p.Tries)
		p.Created = time.Unix(0, created).UTC()
		return p, err
	}, `SELECT seq, id, key, target, role, payload, created, tries FROM outbox
		WHERE next_try <= ? ORDER BY next_try, seq LIMIT ?`, unixNano(now), max(limit, 0))
	return list, wrap("store.Due", err)
}

func (s *Store) NextDue(ctx context.Context) (next time.Time, some bool, err error) {
	var at sql.NullInt64
	err = s.reader.QueryRowContext(ctx, "SELECT min(next_try) FROM outbox WHERE next_try IS NOT NULL").Scan(&at)
	if err != nil || !at.Valid {
		return time.Time{}, false, wrap("store.NextDue", err)
	}
	return time.Unix(0, at.Int64).UTC(), true, nil
}

func (s *Store) Delivered(ctx context.Context, seq int64) error {
	return s.write(ctx, "store.Delivered", func(q querier) error {
		var key, target string
		var first bool
		err := q.QueryRowContext(ctx, "DELETE FROM outbox WHERE seq = ? RETURNING key, target, next_try IS NOT NULL", seq).
			Scan(&key, &target, &first)
		if errors.Is(err, sql.ErrNoRows) {
			return noNotice(seq)
		}
		if err != nil || !first {
			return err
		}
		_, err = q.ExecContext(ctx, `UPDATE outbox SET next_try = created
			WHERE seq = (SELECT min(seq) FROM outbox WHERE key = ? AND target = ?)`, key, target)
		return err
	})
}

func (s *Store) Postpone(ctx context.Context, seq int64, next time.Time, reason string) error {
	return s.write(ctx, "store.Postpone", func(q querier) error {
		return execOne(ctx, q, noNotice(seq), `UPDATE outbox SET next_try = ?, tries = tries + 1, reason = ?
			WHERE seq = ? AND next_try IS NOT NULL`, unixNano(next), reason, seq)
	})
}

func noNotice(seq int64) error { return notFound("notice", strconv.FormatInt(seq, 10)) }
