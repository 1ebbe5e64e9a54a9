package timbre

import (
	"context"
	"encoding/json"
	"time"
)

// The kinds of resources that have a quota.
const (
	KindGroup  = "voice connector group"
	KindNumber = "phone number"
)

// Resource is something that users set up and read back and that changes nothing else: a voice connector group, a phone
// number, a SIP rule. Its content is the document; the other fields are what the store acts on.
type Resource struct {
	Kind string // the noun for it, such as "SIP rule"
	ID   string // unique within the kind
	Name string // unique within the kind; empty for none
	ARN  string // empty for none
	// Owner is the id of the connector or resource that it belongs to and is deleted with; empty for none. An owned resource
	// may have the id of its owner, and cannot be owned or used itself.
	Owner string
	// Uses are the ids of the connectors and resources that cannot be deleted while this one is there.
	Uses             []string
	Tags             map[string]string
	Document         json.RawMessage
	Created, Updated time.Time
}

// Resources reads and writes resources. Error messages hold no ids: some are phone numbers. A resource whose owner, or one of
// whose Uses, does not exist is NotFound.
type Resources interface {
	// CreateResource: Conflict if another resource of its kind has the id or the name.
	CreateResource(ctx context.Context, r Resource) error
	// PutResource creates or replaces. A replaced resource keeps its Created.
	PutResource(ctx context.Context, r Resource) error
	// Resource finds a resource by id, or else by name.
	Resource(ctx context.Context, kind, identifier string) (Resource, error)
	// UpdateResource lets change modify all fields but Kind, ID, Name and Created, and returns the result. If change fails,
	// its error is returned and nothing is written. No other write runs meanwhile: change must not call the store.
	UpdateResource(ctx context.Context, kind, identifier string, change func(*Resource) error) (Resource, error)
	ListResources(ctx context.Context, kind string, p Page) ([]Resource, error)
	// DeleteResource deletes the resources that it owns as well. Conflict while another resource uses it.
	DeleteResource(ctx context.Context, kind, identifier string) error
}
