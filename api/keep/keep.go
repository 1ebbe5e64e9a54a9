// Package keep is a shelf of what users set up and read back, and that nothing else goes by: voice connector groups, SIP
// rules, pools. In come and out go the SDK's structures; between them they are documents in the durable state.
//
// It knows ids, names, owners and uses. What a structure says is the affair of the operation that puts it here.
package keep

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"

	"timbre"
	"timbre/api/rest"
)

// Shelf holds the structures of one kind.
type Shelf[T any] struct {
	store timbre.Resources
	kind  string
	now   func() time.Time
}

// New is the shelf of a kind, which is named as messages name it.
func New[T any](store timbre.Resources, kind string, now func() time.Time) Shelf[T] {
	return Shelf[T]{store, kind, now}
}

// Create puts a structure on the shelf under the ID, Name, ARN, Owner, Uses and Tags of r.
func (s Shelf[T]) Create(ctx context.Context, r timbre.Resource, v T) error {
	r, err := s.resource(r, v)
	if err != nil {
		return err
	}
	return s.store.CreateResource(ctx, r)
}

// Put is Create that replaces what has the ID.
func (s Shelf[T]) Put(ctx context.Context, r timbre.Resource, v T) error {
	r, err := s.resource(r, v)
	if err != nil {
		return err
	}
	return s.store.PutResource(ctx, r)
}

func (s Shelf[T]) resource(r timbre.Resource, v T) (timbre.Resource, error) {
	now := s.now()
	r.Kind, r.Created, r.Updated = s.kind, now, now
	var err error
	r.Document, err = json.Marshal(v, json.OmitZeroStructFields(true), json.Deterministic(true))
	return r, err
}

// Get finds a structure by its ID or Name.
func (s Shelf[T]) Get(ctx context.Context, identifier string) (v T, err error) {
	r, err := s.store.Resource(ctx, s.kind, identifier)
	if err != nil {
		return v, err
	}
	return read[T](r)
}

// Update lets change alter a structure, and the Owner, Uses and Tags of its resource.
func (s Shelf[T]) Update(ctx context.Context, identifier string, change func(*T, *timbre.Resource) error) (v T, err error) {
	_, err = s.store.UpdateResource(ctx, s.kind, identifier, func(r *timbre.Resource) error {
		if v, err = read[T](*r); err != nil {
			return err
		}
		if err := change(&v, r); err != nil {
			return err
		}
		*r, err = s.resource(*r, v)
		return err
	})
	return v, err
}

// Delete takes a structure off the shelf.
func (s Shelf[T]) Delete(ctx context.Context, identifier string) error {
	return s.store.DeleteResource(ctx, s.kind, identifier)
}

// All are in the order of their creation.
func (s Shelf[T]) All(ctx context.Context) ([]T, error) {
	list, err := s.list(ctx, timbre.Page{}, nil)
	return values(list), err
}

// List is a page of those that pass, which pass may have completed.
func (s Shelf[T]) List(ctx context.Context, token *string, most *int32, pass func(*T) bool) ([]T, *string, error) {
	list, next, err := rest.Paged(ctx, s.kind, token, most,
		func(ctx context.Context, p timbre.Page) ([]item[T], error) { return s.list(ctx, p, pass) },
		func(i item[T]) string { return i.id })
	return values(list), next, err
}

// item is a structure with its place in the list.
type item[T any] struct {
	id string
	v  T
}

func (s Shelf[T]) list(ctx context.Context, p timbre.Page, pass func(*T) bool) ([]item[T], error) {
	most := p.Limit
	if pass != nil {
		p.Limit = 0 // how many are read for a page of those that pass is not known before
	}
	resources, err := s.store.ListResources(ctx, s.kind, p)
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
