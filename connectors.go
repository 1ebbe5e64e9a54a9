package timbre

import "context"

// The interfaces of this file are satisfied by the store. A stage composes those that it uses. Package store states what
// holds for all of them: errors, durability, times and pages.

// ConnectorReader reads a connector: NotFound if there is none of the id.
type ConnectorReader interface {
	Connector(ctx context.Context, id string) (Connector, error)
}

// ConnectorLister lists connectors.
type ConnectorLister interface {
	ListConnectors(ctx context.Context, p Page) ([]Connector, error)
}

// Connectors reads and writes connectors.
type Connectors interface {
	ConnectorReader
	ConnectorLister
	CreateConnector(ctx context.Context, c Connector) error
	// UpdateConnector lets change modify all fields but ID, ARN and Created, and returns the result. No other write runs
	// meanwhile: change must not call the store.
	UpdateConnector(ctx context.Context, id string, change func(*Connector)) (Connector, error)
	// DeleteConnector deletes its settings and the resources that it owns as well. Conflict while a resource uses it or a
	// call on it is live.
	DeleteConnector(ctx context.Context, id string) error
}

// ConnectorSettings reads and writes the settings of a connector, which are deleted with it. A Put for a connector that does
// not exist is NotFound.
type ConnectorSettings interface {
	StreamingSettings
	TerminationSettings
	OriginationSettings
	LoggingSettings
	CredentialSettings
}

// StreamingReader reads a connector's streaming configuration: NotFound if none was put.
type StreamingReader interface {
	Streaming(ctx context.Context, connectorID string) (Streaming, error)
}

// StreamingSettings reads and writes streaming configurations.
type StreamingSettings interface {
	StreamingReader
	// PutStreaming: NotFound if it names a configuration that does not exist.
	PutStreaming(ctx context.Context, connectorID string, s Streaming) error
	DeleteStreaming(ctx context.Context, connectorID string) error
}

// TerminationReader reads a connector's termination settings: NotFound if none were put.
type TerminationReader interface {
	Termination(ctx context.Context, connectorID string) (Termination, error)
}

// TerminationSettings reads and writes termination settings.
type TerminationSettings interface {
	TerminationReader
	PutTermination(ctx context.Context, connectorID string, t Termination) error
	// DeleteTermination deletes the connector's credentials as well.
	DeleteTermination(ctx context.Context, connectorID string) error
}

// OriginationReader reads a connector's origination settings: NotFound if none were put.
type OriginationReader interface {
	Origination(ctx context.Context, connectorID string) (Origination, error)
}

// OriginationSettings reads and writes origination settings.
type OriginationSettings interface {
	OriginationReader
	PutOrigination(ctx context.Context, connectorID string, o Origination) error
	DeleteOrigination(ctx context.Context, connectorID string) error
}

// LoggingReader reads a connector's logging configuration: the zero value if none was put, NotFound without the connector.
type LoggingReader interface {
	Logging(ctx context.Context, connectorID string) (Logging, error)
}

// LoggingSettings reads and writes logging configurations.
type LoggingSettings interface {
	LoggingReader
	PutLogging(ctx context.Context, connectorID string, l Logging) error
}

// CredentialReader reads the digests of one user's credential: NotFound if the user has none.
type CredentialReader interface {
	Credential(ctx context.Context, connectorID, username string) (Credential, error)
}

// UsernameReader lists the usernames of a connector's credentials in order: NotFound without the connector.
type UsernameReader interface {
	Usernames(ctx context.Context, connectorID string) ([]string, error)
}

// CredentialSettings writes credentials. Digests are encrypted at rest, usernames are not.
type CredentialSettings interface {
	UsernameReader
	// PutCredentials adds credentials, or replaces those of the same username: all or none. Limit if the connector would
	// have more than MaxCredentials.
	PutCredentials(ctx context.Context, connectorID string, c []Credential) error
	// DeleteCredentials ignores usernames that have no credential. NotFound without the connector.
	DeleteCredentials(ctx context.Context, connectorID string, usernames []string) error
}

// MaxCredentials is how many users a connector may have.
const MaxCredentials = 100
