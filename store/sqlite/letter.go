package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"timbre"
)

// letterBatch is how many letters one transaction changes, so that other writes do not wait long.
const letterBatch = 500

// The columns of a letter, dead or waiting. The payload is read for one letter only.
const (
	deadColumns    = "seq, id, key, target, role, yield, created, transaction_id, tries, 0, 1, 0, cause, reason, died"
	waitingColumns = "seq, id, key, target, role, yield, created, transaction_id, tries, waited, 0, coalesce(next_try, 0), '', reason, 0"
)

// letterQuery is the condition of a filter with its arguments.
type letterQuery struct {
	table, columns string
	where          []string
	args           []any
}

func (q *letterQuery) add(condition string, args ...any) {
	q.where, q.args = append(q.where, condition), append(q.args, args...)
}

func (q *letterQuery) condition() string { return strings.Join(append(q.where, "1"), " AND ") }

func letters(f timbre.LetterFilter) *letterQuery {
	q := &letterQuery{table: "dead_letter", columns: deadColumns}
	if f.Waiting {
		q.table, q.columns = "outbox", waitingColumns
	}
	if len(f.Seqs) > 0 {
		list, _ := json.Marshal(f.Seqs) // numbers
		q.add("seq IN (SELECT value FROM json_each(?))", string(list))
	}
	if f.Target != "" {
		q.add("target = ?", f.Target)
	}
	if f.Key != "" {
		q.add("key = ?", f.Key)
	}
	if f.Cause != "" {
		q.add("cause = ?", f.Cause)
		if f.Waiting {
			q.where[len(q.where)-1] = "? = ''" // what waits has no cause of death
		}
	}
	if !f.Before.IsZero() {
		q.add("created < ?", unixNano(f.Before))
	}
	if !f.After.IsZero() {
		q.add("created >= ?", unixNano(f.After))
	}
	return q
}

// Letters implements timbre.Letters.
func (s *Store) Letters(ctx context.Context, f timbre.LetterFilter) ([]timbre.Letter, error) {
	q := letters(f)
	query := "SELECT " + q.columns + " FROM " + q.table + " WHERE " + q.condition() + " ORDER BY seq"
	if f.Limit > 0 {
		query, q.args = query+" LIMIT ?", append(q.args, f.Limit)
	}
	list, err := queryAll(ctx, s.reader, scanLetter, query, q.args...)
	return list, wrap("store.Letters", err)
}

func scanLetter(row scanner) (l timbre.Letter, err error) {
	var created, next, died int64
	err = row.Scan(&l.Seq, &l.ID, &l.Key, &l.Target, &l.Role, &l.Yield, &created, &l.Call, &l.Tries, &l.Waited, &l.Dead, &next,
		&l.Death.Cause, &l.Death.Error, &died)
	l.Created = time.Unix(0, created).UTC()
	if died != 0 {
		l.Death.At = time.Unix(0, died).UTC()
	}
	if next != 0 && l.Tries > 0 {
		l.Next = time.Unix(0, next).UTC()
	}
	return l, err
}

// Letter implements timbre.Letters.
func (s *Store) Letter(ctx context.Context, seq int64) (timbre.Letter, error) {
	for _, waiting := range []bool{false, true} {
		q := letters(timbre.LetterFilter{Waiting: waiting, Seqs: []int64{seq}})
		l, err := scanLetter(s.reader.QueryRowContext(ctx, "SELECT "+q.columns+" FROM "+q.table+" WHERE "+q.condition(), q.args...))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil {
			err = s.reader.QueryRowContext(ctx, "SELECT payload FROM "+q.table+" WHERE seq = ?", seq).Scan(&l.Payload)
		}
		return l, wrap("store.Letter", err)
	}
	return timbre.Letter{}, wrap("store.Letter", notFound("notice", strconv.FormatInt(seq, 10)))
}

// RetryLetters implements timbre.Letters.
func (s *Store) RetryLetters(ctx context.Context, f timbre.LetterFilter, now time.Time) (int, error) {
	return s.eachLetter(ctx, "store.RetryLetters", f, func(q querier, seq int64) error {
		if f.Waiting {
			_, err := q.ExecContext(ctx, `UPDATE outbox SET tries = 0, waited = 0, next_try = iif(next_try IS NULL, NULL, ?2),
				began = (SELECT waited FROM outbox_target t WHERE t.target = outbox.target) WHERE seq = ?1`, seq, unixNano(now))
			return err
		}
		var n timbre.Notice
		var created int64
		err := q.QueryRowContext(ctx, "DELETE FROM dead_letter WHERE seq = ? RETURNING id, key, target, role, payload, yield, created, transaction_id", seq).
			Scan(&n.ID, &n.Key, &n.Target, &n.Role, &n.Payload, &n.Yield, &created, &n.Call)
		if err != nil {
			return err
		}
		n.Created = time.Unix(0, created)
		return insertNotices(ctx, q, []timbre.Notice{n})
	})
}

// DropLetters implements timbre.Letters.
func (s *Store) DropLetters(ctx context.Context, f timbre.LetterFilter) (int, error) {
	query := "DELETE FROM " + letters(f).table + " WHERE seq = ?"
	return s.eachLetter(ctx, "store.DropLetters", f, func(q querier, seq int64) error {
		_, err := q.ExecContext(ctx, query, seq)
		return err
	})
}

// eachLetter changes letters in batches, oldest first, and raises Posted for their targets. Letters that come meanwhile are left out.
func (s *Store) eachLetter(ctx context.Context, op string, f timbre.LetterFilter, change func(q querier, seq int64) error) (n int, err error) {
	var last int64
	if err := s.reader.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM "+letters(f).table).Scan(&last); err != nil {
		return 0, wrap(op, err)
	}
	for done := int64(0); ; {
		q := letters(f)
		q.add("seq > ? AND seq <= ?", done, last)
		limit := letterBatch
		if f.Limit > 0 {
			limit = min(limit, f.Limit-n)
		}
		query := "SELECT " + q.columns + " FROM " + q.table + " WHERE " + q.condition() + " ORDER BY seq LIMIT ?"
		var batch []timbre.Letter
		var changed []timbre.Notice
		err := s.write(ctx, op, func(tx querier) error {
			if batch, err = queryAll(ctx, tx, scanLetter, query, append(q.args, limit)...); err != nil {
				return err
			}
			for _, l := range batch {
				if err := change(tx, l.Seq); err != nil {
					return err
				}
				changed = append(changed, l.Notice)
			}
			return nil
		}, func() { s.observers.posted(targets(changed))() })
		n += len(batch)
		if err != nil || len(batch) < limit || n == f.Limit {
			return n, err
		}
		done = batch[len(batch)-1].Seq
	}
}
