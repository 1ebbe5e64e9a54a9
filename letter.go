package timbre

import (
	"context"
	"time"
)

// Letters are the notices of the outbox as an operator sees them: dead letters, or those that wait.
type Letters interface {
	// Letters returns letters without their payloads, oldest first.
	Letters(ctx context.Context, f LetterFilter) ([]Letter, error)
	// Letter returns one with its payload, dead or waiting. NotFound if there is none.
	Letter(ctx context.Context, seq int64) (Letter, error)
	// RetryLetters posts dead letters again, behind what waits in their lanes, and makes waiting ones due at once. They start anew: with no
	// attempts and no age. It returns their number.
	RetryLetters(ctx context.Context, f LetterFilter, now time.Time) (int, error)
	// DropLetters erases letters. It returns their number.
	DropLetters(ctx context.Context, f LetterFilter) (int, error)
}

// LetterFilter selects letters. Empty fields select all.
type LetterFilter struct {
	Waiting bool    // those that wait, instead of dead letters
	Seqs    []int64 // their numbers
	Target  string
	Key     string    // task id, transaction id or pipeline id
	Cause   string    // of death
	Before  time.Time // created before
	After   time.Time // created at or after
	Limit   int       // below 1: all
}

// Letter is a notice that waits or is dead.
type Letter struct {
	Pending
	Dead  bool
	Next  time.Time // of one that waits: when it is tried next; zero: at once, or behind another one of its lane
	Death Death     // of one that waits, only the Error of the last attempt
}
