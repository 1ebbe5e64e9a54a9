package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) PutTermination(ctx context.Context, connectorID string, v timbre.Termination) error {
	return s.write(ctx, "store.PutTermination", func(q querier) error {
		if limit := s.limit().CPS; limit > 0 && v.CPSLimit > limit {
			return timbre.Errorf(timbre.Limit, "", "A voice connector can have at most %d calls per second.", limit)
		}
		doc, err := document(v)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT OR REPLACE INTO termination (connector_id, document) VALUES (?, ?)", connectorID, doc)
		return noParent(err, notFound("voice connector", connectorID))
	}, s.observers.admissionChanged(connectorID))
}

func (s *Store) Termination(ctx context.Context, connectorID string) (timbre.Termination, error) {
	v, err := setting[timbre.Termination](ctx, s, "termination", notFound("termination of voice connector", connectorID),
		"SELECT connector_id, document FROM termination WHERE connector_id = ?", connectorID)
	return v, wrap("store.Termination", err)
}

// DeleteTermination deletes the credentials as well, so that a later termination begins without any.
func (s *Store) DeleteTermination(ctx context.Context, connectorID string) error {
	return s.erase(ctx, "store.DeleteTermination", func(q querier) error {
		if _, err := q.ExecContext(ctx, "DELETE FROM credential WHERE connector_id = ?", connectorID); err != nil {
			return err
		}
		return execOne(ctx, q, notFound("termination of voice connector", connectorID),
			"DELETE FROM termination WHERE connector_id = ?", connectorID)
	}, s.observers.admissionChanged(connectorID))
}
