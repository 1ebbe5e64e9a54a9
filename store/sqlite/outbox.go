package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
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
	}, s.observers.posted(targets(notices)))
}

// targets returns the targets of notices, each once.
func targets(notices []timbre.Notice) (list []string) {
	for _, n := range notices {
		if !slices.Contains(list, n.Target) {
			list = append(list, n.Target)
		}
	}
	return list
}

// insertNotices appends notices to the outbox. Only the head of a lane has a time at which it is due.
func insertNotices(ctx context.Context, q querier, notices []timbre.Notice) error {
	for _, n := range notices {
		if _, err := q.ExecContext(ctx, `INSERT INTO outbox (id, key, target, role, payload, yield, created, transaction_id, began, next_try)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce((SELECT waited FROM outbox_target WHERE target = ?3), 0),
				iif(EXISTS (SELECT 1 FROM outbox WHERE key = ?2 AND target = ?3), NULL, ?7))`,
			n.ID, n.Key, n.Target, n.Role, append([]byte{}, n.Payload...), n.Yield, unixNano(n.Created), n.Call); err != nil {
			return err
		}
	}
	return nil
}

// Depths implements timbre.Outbox.
func (s *Store) Depths(ctx context.Context) ([]timbre.Depth, error) {
	list, err := queryAll(ctx, s.reader, func(row scanner) (d timbre.Depth, err error) {
		var oldest sql.NullInt64
		err = row.Scan(&d.Target, &d.Waiting, &d.Dead, &d.Bytes, &oldest)
		if oldest.Valid {
			d.Oldest = time.Unix(0, oldest.Int64).UTC()
		}
		return d, err
	}, `SELECT target, waiting, dead, bytes, (SELECT created FROM outbox o WHERE o.target = t.target ORDER BY seq LIMIT 1)
		FROM outbox_target t WHERE waiting + dead > 0 ORDER BY target`)
	return list, wrap("store.Depths", err)
}

// Due implements timbre.Outbox. It reads indexes alone: a payload is read when it is sent.
func (s *Store) Due(ctx context.Context, target string, now time.Time, limit int) (due timbre.Due, err error) {
	var again bool
	err = s.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_again WHERE target = ? AND tries > 0 AND next_try IS NOT NULL)", target).Scan(&again)
	if err == nil && again {
		err = s.dueAgain(ctx, target, now, limit, &due)
	}
	if err == nil {
		due.First, err = queryAll(ctx, s.reader, scanHead, `SELECT seq, key FROM outbox INDEXED BY outbox_first
			WHERE target = ? AND next_try IS NOT NULL AND tries = 0 ORDER BY seq LIMIT ?`, target, limit)
	}
	return due, wrap("store.Due", err)
}

// dueAgain reads what has been tried before, which few targets have.
func (s *Store) dueAgain(ctx context.Context, target string, now time.Time, limit int, due *timbre.Due) (err error) {
	at, horizon := unixNano(now), unixNano(now.Add(2*timbre.NoticeWait))
	const again = "SELECT seq, key FROM outbox INDEXED BY outbox_again WHERE target = ? AND tries > 0 AND "
	if due.Again, err = queryAll(ctx, s.reader, scanHead, again+"next_try <= ? ORDER BY next_try LIMIT ?", target, at, limit); err != nil {
		return err
	}
	if len(due.Again) < limit {
		ahead, err := queryAll(ctx, s.reader, scanHead, again+"next_try > ? ORDER BY next_try LIMIT ?", target, horizon, limit-len(due.Again))
		if err != nil {
			return err
		}
		due.Again = append(due.Again, ahead...)
	}
	var next sql.NullInt64
	err = s.reader.QueryRowContext(ctx, `SELECT min(next_try) FROM outbox INDEXED BY outbox_again
		WHERE target = ? AND tries > 0 AND next_try > ? AND next_try <= ?`, target, at, horizon).Scan(&next)
	if next.Valid {
		due.Next = time.Unix(0, next.Int64).UTC()
	}
	return err
}

func scanHead(row scanner) (h timbre.Head, err error) { return h, row.Scan(&h.Seq, &h.Key) }

// Load implements timbre.Outbox.
func (s *Store) Load(ctx context.Context, seqs []int64) (list []timbre.Pending, err error) {
	for _, seq := range seqs {
		var created int64
		p := timbre.Pending{Seq: seq}
		err := s.reader.QueryRowContext(ctx, "SELECT id, key, target, role, payload, yield, created, transaction_id, tries, waited FROM outbox WHERE seq = ?", seq).
			Scan(&p.ID, &p.Key, &p.Target, &p.Role, &p.Payload, &p.Yield, &created, &p.Call, &p.Tries, &p.Waited)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, wrap("store.Load", err)
		}
		p.Created = time.Unix(0, created).UTC()
		list = append(list, p)
	}
	return list, nil
}
