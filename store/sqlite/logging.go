package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) PutLogging(ctx context.Context, connectorID string, v timbre.Logging) error {
	return s.write(ctx, "store.PutLogging", func(q querier) error {
		doc, err := document(v)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT OR REPLACE INTO logging (connector_id, document) VALUES (?, ?)", connectorID, doc)
		return noParent(err, notFound("voice connector", connectorID))
	})
}

func (s *Store) Logging(ctx context.Context, connectorID string) (timbre.Logging, error) {
	v, err := setting[timbre.Logging](ctx, s, "logging", notFound("voice connector", connectorID),
		`SELECT id, coalesce(logging.document, '{}') FROM connector LEFT JOIN logging ON connector_id = id WHERE id = ?`, connectorID)
	return v, wrap("store.Logging", err)
}
