package sqlite

import (
	"context"

	"timbre"
)

func (s *Store) CreateDomain(ctx context.Context, d timbre.Domain) error {
	wrapped, err := s.keys.NewKey()
	if err != nil {
		return wrap("store.CreateDomain", err)
	}
	return s.write(ctx, "store.CreateDomain", func(q querier) error {
		doc, err := document(d)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO domain (id, token, created, wrapped, document) VALUES (?, ?, ?, ?, ?)",
			d.ID, nullString(d.Token), unixNano(d.Created), wrapped, doc)
		if err != nil {
			return duplicate(err, "A voice profile domain with this ID or ClientRequestToken already exists.")
		}
		if err := s.withinTags(d.Tags, 0); err != nil {
			return err
		}
		return withinQuota(ctx, q, s.limit().Domains, "voice profile domains", "SELECT count(*) FROM domain")
	})
}

func (s *Store) Domain(ctx context.Context, id string) (timbre.Domain, error) {
	d, err := setting[timbre.Domain](ctx, s, "domain", noDomain(id), "SELECT id, document FROM domain WHERE id = ?", id)
	return d, wrap("store.Domain", err)
}

func domain(ctx context.Context, q querier, id string) (timbre.Domain, error) {
	return queryOne(ctx, q, scanDocument[timbre.Domain], noDomain(id), "SELECT document FROM domain WHERE id = ?", id)
}

func noDomain(id string) error { return notFound("voice profile domain", id) }

func (s *Store) DomainByToken(ctx context.Context, token string) (timbre.Domain, error) {
	d, err := documents[timbre.Domain](s, "domain").one(ctx, notFound("voice profile domain with ClientRequestToken", token),
		"SELECT id, document FROM domain WHERE token = ?", token)
	return d, wrap("store.DomainByToken", err)
}

func (s *Store) UpdateDomain(ctx context.Context, id string, change func(*timbre.Domain)) (d timbre.Domain, err error) {
	err = s.write(ctx, "store.UpdateDomain", func(q querier) error {
		was, err := domain(ctx, q, id)
		if err != nil {
			return err
		}
		d = was
		change(&d)
		d.ID, d.Token, d.Fingerprint, d.Created = was.ID, was.Token, was.Fingerprint, was.Created
		doc, err := document(d)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE domain SET document = ? WHERE id = ?", doc, id)
		return err
	})
	if err != nil {
		return timbre.Domain{}, err
	}
	return d, nil
}

func (s *Store) ListDomains(ctx context.Context, p timbre.Page) ([]timbre.Item, error) {
	return page[timbre.Item](ctx, s, "store.ListDomains", p, "domain", "true")
}

func (s *Store) DeleteDomain(ctx context.Context, id string) error {
	return s.erase(ctx, "store.DeleteDomain", func(q querier) error {
		if err := execOne(ctx, q, noDomain(id), "DELETE FROM domain WHERE id = ?", id); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, eraseOfDomain, id)
		return err
	}, s.observers.domainDeleted(id))
}

const eraseOfDomain = `UPDATE task INDEXED BY task_voiceprint_by_domain SET sealed = NULL, erased = 1
	WHERE domain_id = ? AND sealed IS NOT NULL`
