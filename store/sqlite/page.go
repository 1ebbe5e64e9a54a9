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
