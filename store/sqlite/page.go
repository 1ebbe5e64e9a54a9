package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"

	"timbre"
)

// position is where a page begins: after the item with this creation time and id.
type position struct {
	created int64
	id      string
	limit   int // -1: none
}

// page returns a page of the rows of a table for which a condition holds, as far as T has fields for their documents.
func page[T any](ctx context.Context, s *Store, op string, p timbre.Page, table, where string, args ...any) ([]T, error) {
	at, err := s.position(ctx, p)
	if err != nil {
		return nil, wrap(op, err)
	}
	query := "SELECT id, document FROM " + table + " WHERE " + where + " AND (created, id) > (?, ?) ORDER BY created, id"
	list, err := documents[T](s, table).all(ctx, at.limit, query, append(args, at.created, at.id)...)
	return list, wrap(op, err)
}

// position finds the item that a page follows, even if it has been deleted since.
func (s *Store) position(ctx context.Context, p timbre.Page) (at position, err error) {
	at = position{created: math.MinInt64, limit: p.Limit}
	if p.Limit <= 0 {
		at.limit = -1
	}
	if p.After == "" {
		return at, nil
	}
	at.id = p.After
	err = s.reader.QueryRowContext(ctx, `SELECT created FROM (
		SELECT created FROM connector WHERE id = ?1 UNION ALL
		SELECT created FROM configuration WHERE id = ?1 UNION ALL
		SELECT created FROM domain WHERE id = ?1 UNION ALL
		SELECT created FROM profile WHERE id = ?1 UNION ALL
		SELECT created FROM resource WHERE id = ?1 AND owner IS NULL UNION ALL
		SELECT created FROM pipeline WHERE id = ?1 UNION ALL
		SELECT created FROM departed WHERE id = ?1) LIMIT 1`, p.After).Scan(&at.created)
	if errors.Is(err, sql.ErrNoRows) {
		err = timbre.Errorf(timbre.Invalid, "", "The list has no item %s to continue after.", p.After)
	}
	return at, err
}
