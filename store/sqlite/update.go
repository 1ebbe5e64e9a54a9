package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) UpdateConnector(ctx context.Context, id string, change func(*timbre.Connector)) (c timbre.Connector, err error) {
	err = s.write(ctx, "store.UpdateConnector", func(q querier) error {
		was, err := queryOne(ctx, q, scanDocument[timbre.Connector], notFound("voice connector", id), "SELECT document FROM connector WHERE id = ?", id)
		if err != nil {
			return err
		}
		c = was
		change(&c)
		c.ID, c.ARN, c.Created = was.ID, was.ARN, was.Created
		doc, err := document(c)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE connector SET document = ? WHERE id = ?", doc, id)
		return err
	})
	if err != nil {
		return timbre.Connector{}, err
	}
	return c, nil
}

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
	v, err := queryOne(ctx, s.reader, scanDocument[timbre.Origination], notFound("origination of voice connector", connectorID),
		"SELECT document FROM origination WHERE connector_id = ?", connectorID)
	return v, wrap("store.Origination", err)
}

func (s *Store) DeleteOrigination(ctx context.Context, connectorID string) error {
	return s.write(ctx, "store.DeleteOrigination", func(q querier) error {
		return execOne(ctx, q, notFound("origination of voice connector", connectorID),
			"DELETE FROM origination WHERE connector_id = ?", connectorID)
	})
}

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
	v, err := queryOne(ctx, s.reader, scanDocument[timbre.Logging], notFound("voice connector", connectorID),
		`SELECT coalesce(logging.document, '{}') FROM connector LEFT JOIN logging ON connector_id = id WHERE id = ?`, connectorID)
	return v, wrap("store.Logging", err)
}
