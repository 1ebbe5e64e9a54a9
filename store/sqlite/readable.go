package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"timbre"
)

// identified is a row whose first column is its id, which the scan functions do not know of.
type identified struct {
	rows *sql.Rows
	id   string
}

func (r *identified) Scan(into ...any) error {
	return r.rows.Scan(append([]any{&r.id}, into...)...)
}

// readable queries rows of one kind and leaves out what is damaged: one row that cannot be read must not hide the others.
type readable[T any] struct {
	s    *Store
	kind string // the table
	scan func(scanner) (T, error)
	only func(T) bool // which rows are returned; nil: all
	full func() bool  // no more rows are read; nil: never
}

func documents[T any](s *Store, kind string) readable[T] {
	return readable[T]{s: s, kind: kind, scan: scanDocument[T]}
}

// all returns the rows of a query, at most limit, all if it is negative. The first column is the id.
func (r readable[T]) all(ctx context.Context, limit int, query string, args ...any) ([]T, error) {
	list, bad, err := r.query(ctx, limit, query, args...)
	for d, reason := range bad {
		r.s.isolate(ctx, d, reason)
	}
	return list, err
}

// one returns the only row of a query, or the error none if there is no row. The cause of the error of a damaged row is
// timbre.ErrDamaged.
func (r readable[T]) one(ctx context.Context, none error, query string, args ...any) (v T, err error) {
	list, bad, err := r.query(ctx, 1, query, args...)
	if err != nil {
		return v, err
	}
	for d, reason := range bad {
		r.s.isolate(ctx, d, reason)
		none = timbre.Errorf(timbre.Internal, "", "the stored %s %s cannot be read: %w", d.kind, d.id, errors.Join(timbre.ErrDamaged, reason))
	}
	if len(list) == 0 {
		return v, none
	}
	return list[0], nil
}

// query returns the readable rows, and why the others are not: those are isolated once the rows are closed.
func (r readable[T]) query(ctx context.Context, limit int, query string, args ...any) (list []T, bad map[damaged]error, err error) {
	rows, err := r.s.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	bad = map[damaged]error{}
	for len(list) != limit && (r.full == nil || !r.full()) && rows.Next() {
		row := &identified{rows: rows}
		v, err := r.scan(row)
		if err == nil {
			err = belongs(v, row.id)
		}
		switch {
		case err == nil:
			if r.only == nil || r.only(v) {
				list = append(list, v)
			}
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		default:
			bad[damaged{r.kind, row.id}] = err
		}
	}
	return list, bad, rows.Err()
}

// belongs refuses a document that is not of its row.
func belongs(v any, id string) error {
	var has string
	switch v := v.(type) {
	case timbre.Task:
		has = v.ID
	case timbre.Call:
		has = v.TransactionID
	case timbre.Pipeline:
		has = v.ID
	case timbre.Connector:
		has = v.ID
	case timbre.Configuration:
		has = v.ID
	case timbre.Domain:
		has = v.ID
	case timbre.Item:
		has = v.ID
	case timbre.Profile:
		has = v.ID
	case timbre.Resource:
		has = v.ID
	default:
		return nil
	}
	if has != id {
		return fmt.Errorf("the document is that of %q", has)
	}
	return nil
}

// unnamed scans a row whose first column is its id.
func unnamed[T any](scan func(scanner) (T, error)) func(scanner) (T, error) {
	return func(row scanner) (T, error) { return scan(withoutID{row}) }
}

type withoutID struct{ row scanner }

func (w withoutID) Scan(into ...any) error {
	return w.row.Scan(append([]any{new(string)}, into...)...)
}
