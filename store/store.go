// Package store says what durable state is: what may be written and read, what must happen in one transaction, and which
// error each refusal is. The engines are its sub-packages; store/storetest is the suite that each must pass.
//
// Every error is a *timbre.Error: NotFound for what does not exist, Conflict for a second item of one id and as said at the
// methods, Limit as said there, Internal for the engine's own faults. A method that has returned nil has written durably:
// its effect survives kill -9. Embeddings pass through a Sealer on their way in and out, so that no engine ever writes one
// in the clear.
//
// Times are kept to the microsecond at least and come back in UTC. Lists are in the order of creation, then of id. A page
// may come after an item that has been deleted since, for a day; after one that never was, Invalid. A page's Limit below 1
// asks for all.
package store

import (
	"context"
	"time"

	"timbre"
)

// Sealer encrypts embeddings: one data key a domain, itself encrypted under a key that the store never sees.
type Sealer interface {
	// NewKey makes a data key and gives it wrapped.
	NewKey() (wrapped []byte, err error)
	// Seal encrypts plain under a wrapped key, bound to name (the row it is for), so that it opens for that name alone.
	Seal(wrapped []byte, name string, plain []byte) (sealed []byte, err error)
	Open(wrapped []byte, name string, sealed []byte) (plain []byte, err error)
}

// Store is everything durable.
type Store interface {
	Connectors
	ConnectorSettings
	Tags
	Configurations
	Domains
	Profiles
	Tasks
	Calls
	Outbox
	Quotas
	Resources
	Pipelines
	// Sweep erases what has outlived its promise at now: voiceprints of tasks past timbre.VoiceprintLife (those that were
	// enrolled as well: the profile has its own), tasks and calls past timbre.ResultLife, embeddings of expired profiles. Pipelines go
	// timbre.ResultLife after their end, uncounted.
	// Both lives begin with the end of the call (of the task, where the call is not known), so nothing of a live call goes.
	// It reports how many of each went.
	Sweep(ctx context.Context, now time.Time) (Swept, error)
	Close() error
}

// Swept counts what a sweep erased.
type Swept struct{ Voiceprints, Tasks, Calls, Embeddings int }

// Connectors and the settings that belong to one. Deleting a connector deletes its settings and the resources that it owns;
// Conflict while a resource uses it, or a call on it lasts.
type Connectors interface {
	CreateConnector(ctx context.Context, c timbre.Connector) error
	Connector(ctx context.Context, id string) (timbre.Connector, error)
	ListConnectors(ctx context.Context, p timbre.Page) ([]timbre.Connector, error)
	DeleteConnector(ctx context.Context, id string) error

	// PutStreaming: NotFound if it is linked to a configuration that does not exist.
	PutStreaming(ctx context.Context, connectorID string, s timbre.Streaming) error
	Streaming(ctx context.Context, connectorID string) (timbre.Streaming, error)
	DeleteStreaming(ctx context.Context, connectorID string) error

	PutTermination(ctx context.Context, connectorID string, t timbre.Termination) error
	Termination(ctx context.Context, connectorID string) (timbre.Termination, error)
	DeleteTermination(ctx context.Context, connectorID string) error
}

// Configurations are found by id, name or ARN.
type Configurations interface {
	// CreateConfiguration: Conflict if the name is taken, or a configuration has the token.
	CreateConfiguration(ctx context.Context, c timbre.Configuration) error
	Configuration(ctx context.Context, identifier string) (timbre.Configuration, error)
	ListConfigurations(ctx context.Context, p timbre.Page) ([]timbre.Configuration, error)
	// DeleteConfiguration: Conflict while a connector's streaming configuration or a live pipeline names it.
	DeleteConfiguration(ctx context.Context, identifier string) error
}

// Domains of voice profiles. CreateDomain makes the domain's data key; DeleteDomain destroys it with all profiles and all
// voiceprints of its tasks.
type Domains interface {
	// CreateDomain: Conflict if a domain has the token.
	CreateDomain(ctx context.Context, d timbre.Domain) error
	Domain(ctx context.Context, id string) (timbre.Domain, error)
	// DomainByToken finds the domain that was created with a ClientRequestToken.
	DomainByToken(ctx context.Context, token string) (timbre.Domain, error)
	// UpdateDomain lets change alter what it likes but ID, Created, Token and Fingerprint, and gives what became of it.
	// Nothing else writes meanwhile: change must not call the store.
	UpdateDomain(ctx context.Context, id string, change func(*timbre.Domain)) (timbre.Domain, error)
	ListDomains(ctx context.Context, p timbre.Page) ([]timbre.Domain, error)
	DeleteDomain(ctx context.Context, id string) error
}

// Profiles of a domain. Only Voiceprints gives embeddings back.
type Profiles interface {
	// EnrolProfile writes p with its embedding and notes on the task that it came from: in one transaction. Conflict if
	// that task has been enrolled already; NotFound if task or domain is gone.
	EnrolProfile(ctx context.Context, p timbre.Profile, taskID string) error
	// RenewProfile replaces the voiceprint, Updated and Expires of an existing profile. The task may serve again. NotFound
	// if task or profile is gone.
	RenewProfile(ctx context.Context, p timbre.Profile, taskID string) error
	Profile(ctx context.Context, id string) (timbre.Profile, error)
	// ListProfiles: NotFound without the domain.
	ListProfiles(ctx context.Context, domainID string, p timbre.Page) ([]timbre.Profile, error)
	// DeleteProfile erases the voice everywhere: also the voiceprints of the tasks that it was enrolled or renewed from.
	DeleteProfile(ctx context.Context, id string) error
	// Voiceprints are the profiles of a domain that are not expired at now, with their embeddings. NotFound without the
	// domain.
	Voiceprints(ctx context.Context, domainID string, now time.Time) ([]timbre.Profile, error)
	// Generation is a number that grows with every change to the profiles of a domain. NotFound without the domain.
	Generation(ctx context.Context, domainID string) (int64, error)
}

// Tasks. A task's voiceprint is kept sealed under the key of its domain; when the domain is gone, it is not kept. Once the
// store has erased it, saving the task does not bring it back. ProfileID is written by EnrolProfile alone.
type Tasks interface {
	// CreateTask: Limit if an active task of the kind is on the transaction (of those that were started on a pipeline: on the
	// same stream of the pipeline); Conflict if a task of the kind has the token.
	CreateTask(ctx context.Context, t timbre.Task) error
	// SaveTask replaces a task and puts notices into the outbox: both or neither. Limit as in CreateTask. ID, Kind,
	// TransactionID and Token of a task never change; NotFound if there is none that has all four.
	SaveTask(ctx context.Context, t timbre.Task, notices []timbre.Notice) error
	Task(ctx context.Context, kind timbre.TaskKind, id string) (timbre.Task, error)
	TaskByToken(ctx context.Context, kind timbre.TaskKind, token string) (timbre.Task, error)
	// ActiveTasks are those that were running; after a restart nobody runs them any more.
	ActiveTasks(ctx context.Context) ([]timbre.Task, error)
}

// Calls, live and ended.
type Calls interface {
	// SaveCall creates or replaces a call and puts notices into the outbox: both or neither. Limit as in Quotas.
	SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error
	Call(ctx context.Context, transactionID string) (timbre.Call, error)
	// LiveCalls are those without an end.
	LiveCalls(ctx context.Context) ([]timbre.Call, error)
}

// Outbox is what has yet to be delivered.
type Outbox interface {
	// Due gives the first undelivered notice of each (Key, Target) whose next try is not after now, those that have been
	// due for longest first. A new notice is due from its Created on.
	Due(ctx context.Context, now time.Time, limit int) ([]timbre.Pending, error)
	// NextDue is the earliest next try in the outbox; false when it is empty.
	NextDue(ctx context.Context) (time.Time, bool, error)
	// Delivered takes a notice out.
	Delivered(ctx context.Context, seq int64) error
	// Postpone notes a failed try of a notice that Due has given, and when the next one is.
	Postpone(ctx context.Context, seq int64, next time.Time, reason string) error
}
