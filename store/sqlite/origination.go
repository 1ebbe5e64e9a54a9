package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) PutOrigination(ctx context.Context, connectorID string, v timbre.Origination) error {
	return s.write(ctx, "store.PutOrigination", func(q querier) error {
		doc, err := document(v)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT OR REPLACE INTO origination (connector_id, document) VALUES (?, ?)", connectorID, doc)
		return noParent(err, notFound("voice connector", connectorID))
	})
}

func (s *Store) Origination(ctx context.Context, connectorID string) (timbre.Origination, error) {
	v, err := setting[timbre.Origination](ctx, s, "origination", notFound("origination of voice connector", connectorID),
		"SELECT connector_id, document FROM origination WHERE connector_id = ?", connectorID)
	return v, wrap("store.Origination", err)
}

func (s *Store) DeleteOrigination(ctx context.Context, connectorID string) error {
	return s.write(ctx, "store.DeleteOrigination", func(q querier) error {
		return execOne(ctx, q, notFound("origination of voice connector", connectorID),
			"DELETE FROM origination WHERE connector_id = ?", connectorID)
	})
}
