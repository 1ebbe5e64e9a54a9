package store

// Observers are called when a write has taken effect that others act on. Nil functions are skipped.
//
// They are called once the transaction has been committed, in the goroutine of the method that wrote and before it returns;
// so they must return quickly and must not write to the store. A write that is refused or rolled back raises nothing. When a
// commit fails, its outcome may be unknown, so it raises what a success would: an observer may find that nothing has changed.
//
// An engine that several nodes share also calls them for the writes of other nodes, from a goroutine of its own. Observers
// must therefore be safe for concurrent use, and must not assume that they hear of every write separately.
type Observers struct {
	// Posted: notices for these targets have been put into the outbox, or are due again.
	Posted func(targets []string)
	// AdmissionChanged: what decides about calls to a connector has changed: the connector itself, its tags, termination or credentials.
	AdmissionChanged func(connectorID string)
	// VoicesErased: voiceprints of profiles of a domain have been erased or replaced; without an id, of any domain. Copies must not
	// outlive them.
	VoicesErased func(domainID string)
	// DomainDeleted: a voice profile domain has been deleted. Copies of its voiceprints must not outlive it.
	DomainDeleted func(domainID string)
}

// Observable is a store that raises observers.
type Observable interface {
	// Observe adds observers. Those that were added before stay.
	Observe(o Observers)
}
