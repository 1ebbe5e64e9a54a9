package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreateConfiguration(ctx context.Context, c timbre.Configuration) error {
	return s.write(ctx, "store.CreateConfiguration", func(q querier) error {
		if err := tokenUnused(ctx, q, c.Token); err != nil {
			return err
		}
		doc, err := document(c)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO configuration (id, name, arn, created, document) VALUES (?, ?, ?, ?, ?)",
			c.ID, c.Name, c.ARN, unixNano(c.Created), doc)
		if err != nil {
			return duplicate(err, "A media insights pipeline configuration named %s already exists.", c.Name)
		}
		if err := s.withinTags(c.Tags, 0); err != nil {
			return err
		}
		return withinQuota(ctx, q, s.limit().Configurations, "media insights pipeline configurations", "SELECT count(*) FROM configuration")
	})
}

// tokenUnused refuses a token that another configuration has.
func tokenUnused(ctx context.Context, q querier, token string) error {
	if token == "" {
		return nil
	}
	var used bool
	err := q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM configuration WHERE document ->> '$.Token' = ?)", token).Scan(&used)
	if err == nil && used {
		err = conflict("The ClientRequestToken was already used for another media insights pipeline configuration.")
	}
	return err
}

func (s *Store) Configuration(ctx context.Context, identifier string) (timbre.Configuration, error) {
	c, err := setting[timbre.Configuration](ctx, s, "configuration", noConfiguration(identifier), selectConfiguration, identifier)
	return c, wrap("store.Configuration", err)
}

// configuration looks an identifier up as an id first, then as an ARN, then as a name.
func configuration(ctx context.Context, q querier, identifier string) (timbre.Configuration, error) {
	return queryOne(ctx, q, unnamed(scanDocument[timbre.Configuration]), noConfiguration(identifier), selectConfiguration, identifier)
}

const selectConfiguration = `SELECT id, document FROM configuration WHERE id = ?1 OR arn = ?1 OR name = ?1
	ORDER BY id = ?1 DESC, arn = ?1 DESC LIMIT 1`

func noConfiguration(identifier string) error {
	return notFound("media insights pipeline configuration", identifier)
}

func (s *Store) ListConfigurations(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
	return page[timbre.Item](ctx, s, "store.ListConfigurations", p, "configuration", "true")
}

func (s *Store) UpdateConfiguration(ctx context.Context, identifier string, change func(*timbre.Configuration)) (c timbre.Configuration, err error) {
	err = s.write(ctx, "store.UpdateConfiguration", func(q querier) error {
		was, err := configuration(ctx, q, identifier)
		if err != nil {
			return err
		}
		c = was
		change(&c)
		c.ID, c.ARN, c.Name, c.Created, c.Token = was.ID, was.ARN, was.Name, was.Created, was.Token
		doc, err := document(c)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE configuration SET document = ? WHERE id = ?", doc, c.ID)
		return err
	})
	if err != nil {
		return timbre.Configuration{}, err
	}
	return c, nil
}

func (s *Store) DeleteConfiguration(ctx context.Context, identifier string) error {
	return s.write(ctx, "store.DeleteConfiguration", func(q querier) error {
		c, err := configuration(ctx, q, identifier)
		if err != nil {
			return err
		}
		var linked int
		err = q.QueryRowContext(ctx, "SELECT count(*) FROM streaming WHERE configuration_arn = ?", c.ARN).Scan(&linked)
		if err != nil {
			return err
		}
		if linked > 0 {
			return conflict("Media insights pipeline configuration %s is in use by %d voice connectors.", c.Name, linked)
		}
		err = q.QueryRowContext(ctx, "SELECT count(*) FROM pipeline WHERE configuration_arn = ? AND ended IS NULL", c.ARN).Scan(&linked)
		if err != nil {
			return err
		}
		if linked > 0 {
			return conflict("Media insights pipeline configuration %s is in use by %d media pipelines.", c.Name, linked)
		}
		_, err = q.ExecContext(ctx, "DELETE FROM configuration WHERE id = ?", c.ID)
		return err
	})
}
