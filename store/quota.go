package store

import "timbre"

// Quotas are counted in the transaction that creates: however many create at once, no more than the limit are made. Limit
// is the error of a creation over a quota. What says that an item is a repeated one goes before it: Conflict. What was
// there before a limit was set stays. CPS is held by who takes calls; here a termination that asks for more is refused.
// Crowd is no affair of the store.
type Quotas interface {
	// Limit sets the limits of all later creations. A new store has none.
	Limit(l timbre.Limits)
}
