package timbre

import (
	"context"
	"time"
)

// A look into the past takes in at most so many ended calls, or tasks of a domain, the latest first, and no more once they are so many bytes
// in the store. A list goes on behind them.
const (
	MostLooked      = 2000
	MostLookedBytes = 8 << 20
)

// MostSearched is among how many of the latest tasks of all domains those of one are looked for.
const MostSearched = 20_000

// CallOutcome is how a call has ended.
type CallOutcome string

// The outcomes. The empty one stands for both.
const (
	CallCompleted CallOutcome = "completed" // a party has hung up
	CallFailed    CallOutcome = "failed"
)

// Outcome is that of an ended call.
func (c *Call) Outcome() CallOutcome {
	if c.Failure != "" {
		return CallFailed
	}
	return CallCompleted
}

// EndedFilter selects ended calls. Empty fields select all.
type EndedFilter struct {
	From, To    time.Time // of the end: from it on, and before it
	ConnectorID string
	Number      string // a part of From or To of the call
	Outcome     CallOutcome
	After       EndedPlace
	Limit       int // above 0
}

// EndedPlace is a place in the list of ended calls: after the call that ended then. The zero value is the beginning, and behind the end.
type EndedPlace struct {
	Ended         time.Time
	TransactionID string
}

// CallHistory reads calls that have ended and what was analysed, as long as it is kept.
type CallHistory interface {
	// EndedCalls returns ended calls, the last one first, and where the list goes on: with fewer calls than the limit, even with none,
	// if that were all that a look takes in.
	EndedCalls(ctx context.Context, f EndedFilter) (list []Call, next EndedPlace, err error)
	// TasksOf returns the tasks of a call without their voiceprints, the oldest first. There are none of a call that is not known.
	TasksOf(ctx context.Context, transactionID string) ([]Task, error)
	// LastSearches returns the speaker searches in a domain that have found somebody, the last one first, without their voiceprints: of
	// the MostSearched tasks that ended last, as many of the domain as a look takes in.
	LastSearches(ctx context.Context, domainID string) ([]Task, error)
}
