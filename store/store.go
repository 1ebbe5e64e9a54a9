// Package store defines durable state: what engines must store, what happens in one transaction, and the kind of error of each
// refusal. The engines are its sub-packages; store/storetest is the suite that each of them passes. DESIGN.md explains it.
//
// Every error is a *timbre.Error: NotFound for what does not exist, Conflict for a duplicate id and as the methods say, Limit as
// they say, Internal for faults of the engine. A method that returns nil has written durably: its effect survives kill -9.
// Embeddings pass a Sealer on their way in and out, so that no engine writes one unencrypted.
//
// Times are stored to the microsecond at least and returned in UTC. Lists are in the order of creation, then of id. A page may
// follow an item that has been deleted within the last day; one that never existed is Invalid. A Limit below 1 requests all items.
package store

import (
	"context"
	"time"

	"timbre"
	"timbre/environment"
)

// Sealer encrypts embeddings. Each domain has a data key, which is itself encrypted with a key that the store never sees.
type Sealer interface {
	// NewKey generates a data key and returns it wrapped.
	NewKey() (wrapped []byte, err error)
	// Seal encrypts plain with a wrapped key and binds it to name, the row that it is for: it opens with that name only.
	Seal(wrapped []byte, name string, plain []byte) (sealed []byte, err error)
	Open(wrapped []byte, name string, sealed []byte) (plain []byte, err error)
	// OpenInto is Open whose result is in memory, which it overwrites, if that is large enough.
	OpenInto(memory, wrapped []byte, name string, sealed []byte) (plain []byte, err error)
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
	timbre.CallHistory
	timbre.Outbox
	timbre.Letters
	timbre.Poster
	timbre.NumberReserver
	timbre.Summaries
	timbre.Quotas
	timbre.Resources
	timbre.Scrubber
	environment.ClockKeeper
	Observable
	// Erase erases what has outlived its life by the rules of timbre.Lives: rows whose life began at one of the times of a span, until it
	// has done so for the time within, or there are no more. It returns how many, 0 if there are none, and for how long it kept other
	// writes waiting, with the commit. It asks for the spans within its transaction, which sees nothing that is stamped later.
	// Nothing of a live call or an active task is erased. A voiceprint that was erased does not come back when a task is saved by who
	// still has it in memory.
	Erase(ctx context.Context, of timbre.Perishable, outlived func() []environment.Span, within time.Duration) (erased int, held time.Duration, err error)
	Close() error
}
