// Package document stores the structures that users set up and read back and that change nothing else: voice connector
// groups, SIP rules, stream pools. SDK structures come in and go out; in between they are JSON documents in the durable state.
//
// It handles ids, names, owners and uses. The content of a structure belongs to the operation that stores it.
package document

import (
	"context"

	"github.com/go-json-experiment/json"

	"timbre"
	"timbre/api/rest"
	"timbre/environment"
)

// Collection holds the structures of one kind.
type Collection[T any] struct {
	env   environment.Environment
	kind  string
	store timbre.Resources
}

// New returns the collection of a kind. The kind is the noun that messages use, such as "SIP rule".
func New[T any](env environment.Environment, kind string, store timbre.Resources) Collection[T] {
	return Collection[T]{env.Complete(), kind, store}
}

// Create stores a structure under the ID, Name, ARN, Owner, Uses and Tags of r.
func (c Collection[T]) Create(ctx context.Context, r timbre.Resource, v T) error {
	r, err := c.resource(r, v)
	if err != nil {
		return err
	}
	return c.store.CreateResource(ctx, r)
}

// Put creates a structure, or replaces the one that has the ID.
func (c Collection[T]) Put(ctx context.Context, r timbre.Resource, v T) error {
	r, err := c.resource(r, v)
	if err != nil {
		return err
	}
	return c.store.PutResource(ctx, r)
}

func (c Collection[T]) resource(r timbre.Resource, v T) (timbre.Resource, error) {
	now := c.env.Now()
	r.Kind, r.Created, r.Updated = c.kind, now, now
	var err error
	r.Document, err = json.Marshal(v, json.OmitZeroStructFields(true), json.Deterministic(true))
	return r, err
}

// Get finds a structure by its ID or Name.
func (c Collection[T]) Get(ctx context.Context, identifier string) (v T, err error) {
	r, err := c.store.Resource(ctx, c.kind, identifier)
	if err != nil {
		return v, err
	}
	return read[T](r)
}

// Update lets change modify a structure, and the Owner, Uses and Tags of its resource.
func (c Collection[T]) Update(ctx context.Context, identifier string, change func(*T, *timbre.Resource) error) (v T, err error) {
	_, err = c.store.UpdateResource(ctx, c.kind, identifier, func(r *timbre.Resource) error {
		if v, err = read[T](*r); err != nil {
			return err
		}
		if err := change(&v, r); err != nil {
			return err
		}
		*r, err = c.resource(*r, v)
		return err
	})
	return v, err
}

// Delete deletes a structure.
func (c Collection[T]) Delete(ctx context.Context, identifier string) error {
	return c.store.DeleteResource(ctx, c.kind, identifier)
}

// All returns every structure, in the order of creation.
func (c Collection[T]) All(ctx context.Context) ([]T, error) {
	list, err := c.list(ctx, timbre.Page{}, nil)
	return values(list), err
}

// List returns a page of the structures that pass accepts. Pass may complete a structure first; nil accepts all.
func (c Collection[T]) List(ctx context.Context, token *string, most *int32, pass func(*T) bool) ([]T, *string, error) {
	list, next, err := rest.Paged(ctx, c.kind, token, most,
		func(ctx context.Context, p timbre.Page) ([]item[T], error) { return c.list(ctx, p, pass) },
		func(i item[T]) string { return i.id })
	return values(list), next, err
}

// item is a structure with its id, which marks its position in the list.
type item[T any] struct {
	id string
	v  T
}

func (c Collection[T]) list(ctx context.Context, p timbre.Page, pass func(*T) bool) ([]item[T], error) {
	most := p.Limit
	if pass != nil {
		p.Limit = 0 // how many must be read to fill a page is not known
	}
	resources, err := c.store.ListResources(ctx, c.kind, p)
	if err != nil {
		return nil, err
	}
	var list []item[T]
	for _, r := range resources {
		v, err := read[T](r)
		if err != nil {
			return nil, err
		}
		if pass == nil || pass(&v) {
			list = append(list, item[T]{r.ID, v})
		}
		if most > 0 && len(list) == most {
			break
		}
	}
	return list, nil
}

func values[T any](list []item[T]) []T {
	all := make([]T, 0, len(list))
	for _, i := range list {
		all = append(all, i.v)
	}
	return all
}

func read[T any](r timbre.Resource) (v T, err error) {
	err = json.Unmarshal(r.Document, &v)
	return v, err
}
