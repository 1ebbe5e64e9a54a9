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
	timbre.Connectors
	timbre.ConnectorSettings
	timbre.CredentialReader
	timbre.Tags
	timbre.Configurations
	timbre.Pipelines
	timbre.Domains
	timbre.Profiles
	timbre.Tasks
	timbre.Calls
	timbre.Outbox
	timbre.Poster
	timbre.Quotas
	timbre.Resources
	Observable
	// Sweep erases what has outlived its retention at now: voiceprints of tasks after timbre.VoiceprintLife (enrolled ones as
	// well: the profile has its own), tasks and calls after timbre.ResultLife, embeddings of expired profiles. Pipelines are
	// erased timbre.ResultLife after their end and not counted.
	// Both lives begin with the end of the call, or of the task where the call is not known, so nothing of a live call is
	// erased.
	Sweep(ctx context.Context, now time.Time) (Swept, error)
	Close() error
}

// Swept counts what a sweep erased.
type Swept struct{ Voiceprints, Tasks, Calls, Embeddings int }
