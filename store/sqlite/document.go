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

// document encodes a value as JSON: without zero fields, times in UTC, durations in nanoseconds. Text that is not valid UTF-8 gets
// U+FFFD in place of its invalid bytes, so that no call is lost because of it.
func document(v any) (string, error) {
	b, err := json.Marshal(v,
		json.OmitZeroStructFields(true), json.Deterministic(true),
		jsontext.AllowInvalidUTF8(true), jsonv1.FormatDurationAsNano(true),
		json.WithMarshalers(writeTime))
	return string(b), err
}

// writeTime is created once, because it caches which types contain times.
var writeTime = json.MarshalToFunc(func(e *jsontext.Encoder, t time.Time) error {
	return e.WriteToken(jsontext.String(t.UTC().Format(time.RFC3339Nano)))
})

func read[T any](document string) (v T, err error) {
	err = json.Unmarshal([]byte(document), &v, jsonv1.FormatDurationAsNano(true))
	return v, err
}

// scanner is a row.
type scanner interface{ Scan(into ...any) error }

// scanDocument scans a row that is a document and nothing else.
func scanDocument[T any](row scanner) (v T, err error) {
	var doc string
	if err := row.Scan(&doc); err != nil {
		return v, err
	}
	return read[T](doc)
}

// queryOne returns the only row of a query, or the error none if there is no row.
func queryOne[T any](ctx context.Context, q querier, scan func(scanner) (T, error), none error, query string, args ...any) (T, error) {
	v, err := scan(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		err = none
	}
	return v, err
}

// queryAll returns all rows of a query.
func queryAll[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
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

// execOne executes a statement that must affect a row. None is the error if it does not.
func execOne(ctx context.Context, q querier, none error, query string, args ...any) error {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return none
}

// unixNano is a time as columns store it: 0 for the zero time.
func unixNano(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// nullTime stores the zero time as NULL: it has not come yet.
func nullTime(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: unixNano(t), Valid: !t.IsZero()}
}

// nullString stores an empty string as NULL, which UNIQUE constraints ignore.
func nullString(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
