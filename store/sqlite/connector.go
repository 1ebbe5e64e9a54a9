package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreateConnector(ctx context.Context, c timbre.Connector) error {
	return s.write(ctx, "store.CreateConnector", func(q querier) error {
		doc, err := document(c)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO connector (id, created, document) VALUES (?, ?, ?)", c.ID, unixNano(c.Created), doc)
		if err != nil {
			return duplicate(err, "Voice connector %s already exists.", c.ID)
		}
		if err := s.withinTags(c.Tags, 0); err != nil {
			return err
		}
		return withinQuota(ctx, q, s.limit().Connectors, "voice connectors", "SELECT count(*) FROM connector")
	}, s.observers.admissionChanged(c.ID))
}

func (s *Store) Connector(ctx context.Context, id string) (timbre.Connector, error) {
	c, err := setting[timbre.Connector](ctx, s, "connector", notFound("voice connector", id),
		"SELECT id, document FROM connector WHERE id = ?", id)
	return c, wrap("store.Connector", err)
}

func (s *Store) ListConnectors(ctx context.Context, p timbre.Page) ([]timbre.Connector, error) {
	return page[timbre.Connector](ctx, s, "store.ListConnectors", p, "connector", "true")
}

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
	}, s.observers.admissionChanged(id))
	if err != nil {
		return timbre.Connector{}, err
	}
	return c, nil
}

func (s *Store) DeleteConnector(ctx context.Context, id string) error {
	return s.write(ctx, "store.DeleteConnector", func(q querier) error {
		if err := notInUse(ctx, q, id); err != nil {
			return err
		}
		if err := noLiveCalls(ctx, q, id); err != nil {
			return err
		}
		return execOne(ctx, q, notFound("voice connector", id), "DELETE FROM connector WHERE id = ?", id)
	}, s.observers.admissionChanged(id))
}

// noLiveCalls refuses while a connector has live calls.
func noLiveCalls(ctx context.Context, q querier, id string) error {
	var live int
	err := q.QueryRowContext(ctx, "SELECT coalesce(("+countQuery+"), 0)", "calls of "+id).Scan(&live)
	if err == nil && live > 0 {
		err = conflict("The voice connector has %d live calls.", live)
	}
	return err
}
