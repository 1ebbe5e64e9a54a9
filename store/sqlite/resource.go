package sqlite

import (
	"cmp"
	"context"
	"slices"

	"timbre"
)

func (s *Store) CreateResource(ctx context.Context, r timbre.Resource) error {
	return s.write(ctx, "store.CreateResource", func(q querier) error {
		doc, err := document(r)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "INSERT INTO resource (kind, id, name, owner, created, document) VALUES (?, ?, ?, ?, ?, ?)",
			r.Kind, r.ID, nullString(r.Name), nullString(r.Owner), unixNano(r.Created), doc)
		if err != nil {
			return duplicate(err, "A %s with this ID or name already exists.", r.Kind)
		}
		if err := cmp.Or(s.withinTags(r.Tags, 0), s.withinMembers(r, 0)); err != nil {
			return err
		}
		if err := withinQuota(ctx, q, s.limit().Of(r.Kind), r.Kind+"s", "SELECT count(*) FROM resource WHERE kind = ?", r.Kind); err != nil {
			return err
		}
		return link(ctx, q, r)
	})
}

func (s *Store) PutResource(ctx context.Context, r timbre.Resource) error {
	return s.write(ctx, "store.PutResource", func(q querier) error {
		was, err := resource(ctx, q, r.Kind, r.ID)
		switch {
		case err == nil:
			r.Created = was.Created
		case timbre.KindOf(err) != timbre.NotFound:
			return err
		}
		doc, err := document(r)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `INSERT INTO resource (kind, id, name, owner, created, document) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, owner = excluded.owner, document = excluded.document`,
			r.Kind, r.ID, nullString(r.Name), nullString(r.Owner), unixNano(r.Created), doc)
		if err != nil {
			return duplicate(err, "A %s with this name already exists.", r.Kind)
		}
		return link(ctx, q, r)
	})
}

func (s *Store) Resource(ctx context.Context, kind, identifier string) (timbre.Resource, error) {
	r, err := documents[timbre.Resource](s, "resource").one(ctx, missingResource(kind), selectResource, kind, identifier)
	return r, wrap("store.Resource", err)
}

// resource looks an identifier up as an id first, then as a name.
func resource(ctx context.Context, q querier, kind, identifier string) (timbre.Resource, error) {
	return queryOne(ctx, q, unnamed(scanDocument[timbre.Resource]), missingResource(kind), selectResource, kind, identifier)
}

const selectResource = "SELECT id, document FROM resource WHERE kind = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1"

func missingResource(kind string) error {
	return timbre.Errorf(timbre.NotFound, "", "The %s does not exist.", kind)
}

func (s *Store) UpdateResource(ctx context.Context, kind, identifier string, change func(*timbre.Resource) error) (r timbre.Resource, err error) {
	err = s.write(ctx, "store.UpdateResource", func(q querier) error {
		was, err := resource(ctx, q, kind, identifier)
		if err != nil {
			return err
		}
		r = was
		r.Uses = slices.Clone(was.Uses)
		if err := change(&r); err != nil {
			return err
		}
		if err := s.withinMembers(r, len(was.Uses)); err != nil {
			return err
		}
		r.Kind, r.ID, r.Name, r.Created = was.Kind, was.ID, was.Name, was.Created
		doc, err := document(r)
		if err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, "UPDATE resource SET owner = ?, document = ? WHERE kind = ? AND id = ?", nullString(r.Owner), doc, kind, r.ID)
		if err != nil {
			return err
		}
		return link(ctx, q, r)
	})
	if err != nil {
		return timbre.Resource{}, err
	}
	return r, nil
}

func (s *Store) ListResources(ctx context.Context, kind string, p timbre.Page) ([]timbre.Resource, error) {
	return page[timbre.Resource](ctx, s, "store.ListResources", p, "resource", "kind = ?", kind)
}

func (s *Store) DeleteResource(ctx context.Context, kind, identifier string) error {
	return s.write(ctx, "store.DeleteResource", func(q querier) error {
		r, err := resource(ctx, q, kind, identifier)
		if err != nil {
			return err
		}
		if r.Owner == "" {
			if err := notInUse(ctx, q, r.ID); err != nil {
				return err
			}
		}
		_, err = q.ExecContext(ctx, "DELETE FROM resource WHERE kind = ? AND id = ?", kind, r.ID)
		return err
	})
}

// link records what a resource uses, and refuses the resource if that or its owner does not exist.
func link(ctx context.Context, q querier, r timbre.Resource) error {
	if _, err := q.ExecContext(ctx, "DELETE FROM resource_use WHERE kind = ? AND id = ?", r.Kind, r.ID); err != nil {
		return err
	}
	for _, used := range r.Uses {
		if err := exists(ctx, q, used); err != nil {
			return err
		}
		_, err := q.ExecContext(ctx, "INSERT OR IGNORE INTO resource_use (kind, id, used) VALUES (?, ?, ?)", r.Kind, r.ID, used)
		if err != nil {
			return err
		}
	}
	if r.Owner == "" {
		return nil
	}
	return exists(ctx, q, r.Owner)
}

func exists(ctx context.Context, q querier, id string) error {
	var found bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM connector WHERE id = ?1)
		OR EXISTS (SELECT 1 FROM resource WHERE id = ?1 AND owner IS NULL)`, id).Scan(&found)
	if err == nil && !found {
		err = timbre.Errorf(timbre.NotFound, "", "The request refers to a resource that does not exist.")
	}
	return err
}

// notInUse refuses while a resource uses an id.
func notInUse(ctx context.Context, q querier, id string) error {
	var kind string
	err := q.QueryRowContext(ctx, "SELECT coalesce(min(kind), '') FROM resource_use WHERE used = ?", id).Scan(&kind)
	if err == nil && kind != "" {
		err = conflict("The resource is in use by a %s.", kind)
	}
	return err
}
