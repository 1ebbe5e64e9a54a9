package store

import (
	"context"

	"timbre"
)

// Resources are what is kept and given back. Their messages hold no ids: some are phone numbers. A resource whose owner
// does not exist, or one of those that it uses, is NotFound.
type Resources interface {
	// CreateResource: Conflict if another of its kind has the id or the name.
	CreateResource(ctx context.Context, r timbre.Resource) error
	// PutResource creates or replaces. What is replaced keeps its Created.
	PutResource(ctx context.Context, r timbre.Resource) error
	// Resource finds one by id, or else by name.
	Resource(ctx context.Context, kind, identifier string) (timbre.Resource, error)
	// UpdateResource lets change alter what it likes but Kind, ID, Name and Created, and gives what became of it. If change
	// refuses, all stays as it was. Nothing else writes meanwhile: change must not call the store.
	UpdateResource(ctx context.Context, kind, identifier string, change func(*timbre.Resource) error) (timbre.Resource, error)
	ListResources(ctx context.Context, kind string, p timbre.Page) ([]timbre.Resource, error)
	// DeleteResource deletes what it owns, too. Conflict while another one uses it.
	DeleteResource(ctx context.Context, kind, identifier string) error
}
