package timbre

import (
	"context"
	"time"
)

// Announcer renders events as notices, one for each target that subscribes to the event.
type Announcer interface {
	Notices(ctx context.Context, events ...Event) ([]Notice, error)
}

// NumberReserver reserves the numbers of events.
type NumberReserver interface {
	// ReserveNumbers reserves the n numbers that follow all that were reserved before, durably, and returns the last of them.
	ReserveNumbers(ctx context.Context, n int64) (last int64, err error)
}

// Poster puts notices into the outbox that belong to no other write.
type Poster interface {
	Post(ctx context.Context, notices []Notice) error
}

// Outbox holds the notices that have not been delivered.
type Outbox interface {
	// Due returns the first undelivered notice of each (Key, Target) whose next attempt is not after now, longest due first.
	// A new notice is due from its Created on.
	Due(ctx context.Context, now time.Time, limit int) ([]Pending, error)
	// NextDue returns the time of the earliest next attempt: false when the outbox is empty.
	NextDue(ctx context.Context) (time.Time, bool, error)
	// Delivered removes a notice.
	Delivered(ctx context.Context, seq int64) error
	// Postpone records a failed attempt of a notice that Due has returned, and the time of the next one.
	Postpone(ctx context.Context, seq int64, next time.Time, reason string) error
}
