package store

import (
	"context"

	"timbre"
)

// ConnectorSettings are the further settings of a connector; they go with it. What is put for a connector that does not
// exist is NotFound.
type ConnectorSettings interface {
	// UpdateConnector lets change alter what it likes but ID, ARN and Created, and gives what became of it. Nothing else
	// writes meanwhile: change must not call the store.
	UpdateConnector(ctx context.Context, id string, change func(*timbre.Connector)) (timbre.Connector, error)

	PutOrigination(ctx context.Context, connectorID string, o timbre.Origination) error
	Origination(ctx context.Context, connectorID string) (timbre.Origination, error)
	DeleteOrigination(ctx context.Context, connectorID string) error

	PutLogging(ctx context.Context, connectorID string, l timbre.Logging) error
	// Logging of a connector for which none was put is the zero value. NotFound without the connector.
	Logging(ctx context.Context, connectorID string) (timbre.Logging, error)

	// PutCredentials adds credentials, or replaces those of the same username: all or none. Limit if the connector would
	// have more than MaxCredentials. They are kept sealed, usernames aside, and go with the connector's termination.
	PutCredentials(ctx context.Context, connectorID string, c []timbre.Credential) error
	// Usernames are those of a connector's credentials, in order. NotFound without the connector.
	Usernames(ctx context.Context, connectorID string) ([]string, error)
	// Credential: NotFound if no such user has any.
	Credential(ctx context.Context, connectorID, username string) (timbre.Credential, error)
	// DeleteCredentials takes away those of the usernames that there are. NotFound without the connector.
	DeleteCredentials(ctx context.Context, connectorID string, usernames []string) error
}

// MaxCredentials is how many users a connector may have.
const MaxCredentials = 100

// Tags of connectors, configurations, domains and resources, found by the ARN. They are the Tags of those values: who reads one sees
// its tags as they are. NotFound if nothing that can be tagged has the ARN.
type Tags interface {
	TagsOf(ctx context.Context, arn string) (map[string]string, error)
	// UpdateTags lets change alter the tags; its error is given back, and nothing is written then. Nothing else writes
	// meanwhile: change must not call the store.
	UpdateTags(ctx context.Context, arn string, change func(tags map[string]string) error) error
}
