package timbre

import (
	"context"
	"time"
)

// Announcer renders events as notices, one for each target that subscribes to the event.
type Announcer interface {
	Notices(ctx context.Context, events ...Event) ([]Notice, error)
}

// NumberBlock is how many numbers of events are reserved at a time. A restart wastes what is left of one: of the 2^53 numbers that every
// JSON parser reads exactly, that is enough for 10^11 restarts.
const NumberBlock = 1 << 16

// NumberReserver reserves the numbers of events.
type NumberReserver interface {
	// ReserveNumbers reserves the n numbers that follow all that were reserved before, durably, and returns the last of them.
	ReserveNumbers(ctx context.Context, n int64) (last int64, err error)
}

// Poster puts notices into the outbox that belong to no other write.
type Poster interface {
	Post(ctx context.Context, notices []Notice) error
}

// NoticeWait is the longest wait of a notice between two attempts. A next attempt that is twice as far ahead was written before the clock
// was set back: the notice is due.
const NoticeWait = 5 * time.Minute

// Yield says in which order notices are given up when the outbox reaches its bound on the disk.
type Yield int

const (
	YieldsNever Yield = iota // the result of a speaker search
	YieldsFirst              // a window of tone: the next one replaces it
	YieldsLast               // every other event
)

// Outbox holds the notices that have not been delivered. The notices of one (Key, Target) form a lane: they are delivered in the
// order in which they were posted, so only the first of a lane, its head, can be due. No method costs more when more notices wait.
type Outbox interface {
	// Depths returns what each target has waiting, and its dead letters. Targets that have neither are left out.
	Depths(ctx context.Context) ([]Depth, error)
	// Due returns the heads of a target that can be tried at now.
	Due(ctx context.Context, target string, now time.Time, limit int) (Due, error)
	// Load returns the notices with these numbers, in this order. Those that have been removed are left out.
	Load(ctx context.Context, seqs []int64) ([]Pending, error)
	// Settle records the results of attempts, all of them or none. Notices that have been removed are skipped.
	Settle(ctx context.Context, outcomes []Outcome) error
	// Bury moves up to limit notices of a target to the dead letters: those for which the target has been waited for at least age (see
	// Outcome.TargetWait), oldest first. It returns their number.
	Bury(ctx context.Context, target string, age time.Duration, d Death, limit int) (int, error)
	// GiveUp erases up to limit notices and dead letters until the outbox has at most bound bytes: first those that yield first, dead
	// letters before waiting ones, oldest first. Those that never yield stay. It returns their number, and by how many bytes the outbox
	// is still over its bound.
	GiveUp(ctx context.Context, bound int64, limit int) (n int, over int64, err error)
}

// Depth is what waits for a target.
type Depth struct {
	Target  string
	Waiting int
	Dead    int       // dead letters
	Bytes   int64     // of both, as far as the bound on the disk counts them
	Oldest  time.Time // when the oldest waiting notice was created; zero: none waits
}

// Due are heads of lanes of one target.
type Due struct {
	First []Head    // never tried, oldest first: due at once
	Again []Head    // tried before and due again, longest due first
	Next  time.Time // when the next one is due again; zero: none waits for a time
}

// Head is the first notice of a lane.
type Head struct {
	Seq int64
	Key string
}

// Fate is what becomes of a notice after an attempt.
type Fate int

const (
	Delivered Fate = iota
	Postponed      // tried again at Outcome.Next
	Dead           // kept as a dead letter, until an operator retries it or its retention has passed
)

// Outcome is the result of an attempt to deliver a notice.
type Outcome struct {
	Seq   int64
	Fate  Fate
	Next  time.Time     // if Postponed
	Wait  time.Duration // until Next. Its sum is the age of the notice, which no clock that jumps can change
	Death Death         // if Dead; its Error also if Postponed
	// TargetWait is how long no notice of the target was tried before this attempt, because it had failed. The sum over a target's
	// outcomes is the age that all its notices have in common.
	TargetWait time.Duration
}

// Death says why a notice is a dead letter.
type Death struct {
	Cause string // one of the Causes
	Error string // of the last attempt; empty: none was made
	At    time.Time
}

// The causes of dead letters.
const (
	CauseExpired = "expired" // tried for the longest time that the server tries
	CauseRefused = "refused" // the target refused it as often as the server tries
	CauseGone    = "gone"    // the target wants no notices any more
	CauseNoSink  = "no_sink" // nothing delivers to targets of this form
)
