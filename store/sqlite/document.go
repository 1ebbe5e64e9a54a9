package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// document is a value as JSON: without what is zero, times in UTC, durations in nanoseconds. Text from the outside may be
// no UTF-8; its bad bytes become U+FFFD, for a call must not be lost for them.
func document(v any) (string, error) {
	b, err := json.Marshal(v,
		json.OmitZeroStructFields(true), json.Deterministic(true),
		jsontext.AllowInvalidUTF8(true), jsonv1.FormatDurationAsNano(true),
		json.WithMarshalers(writeTime))
	return string(b), err
}

// writeTime is made once: it remembers which types hold times.
var writeTime = json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
	return e.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
})

func read[T any](document string) (v T, err error) {
	err = json.Unmarshal([]byte(document), &v, jsonv1.FormatDurationAsNano(true))
	return v, err
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

// plain reads rows that are a document and nothing else.
func plain[T any](row scanner) (v T, err error) {
	var doc string
	if err := row.Scan(&doc); err != nil {
		return v, err
	}
	return read[T](doc)
}

// one gives the single row of a query, or the error for none.
func one[T any](ctx context.Context, q querier, scan func(scanner) (T, error), none error, query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = none
	}
	return v, err
}

// all gives every row of a query.
func all[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// must executes what has to touch a row; none is the error when it does not.
func must(ctx context.Context, q querier, none error, query string, args ...any) error {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return none
}

// nanos is a time as columns keep it, 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// moment is nanos where the zero time means that it has not come yet.
func moment(t time.Time) sql.NullInt64 { return sql.NullInt64{Int64: nanos(t), Valid: !t.IsZero()} }

// maybe keeps an empty text as NULL, which no uniqueness counts.
func maybe(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
