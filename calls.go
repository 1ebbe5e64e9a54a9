package timbre

import (
	"context"
	"time"
)

// CallReader reads a call from the store, live or ended: NotFound if there is none of the transaction id.
type CallReader interface {
	Call(ctx context.Context, transactionID string) (Call, error)
}

// CallWriter writes calls.
type CallWriter interface {
	// SaveCall creates or replaces a call and posts notices in the same transaction. Limit as in Quotas.
	SaveCall(ctx context.Context, c Call, notices []Notice) error
	// RemoveCall deletes a live call, as if it had never been. It ignores one that does not exist.
	RemoveCall(ctx context.Context, transactionID string) error
}

// Calls reads and writes calls, live and ended.
type Calls interface {
	CallReader
	CallWriter
	// LiveCalls returns the transaction ids of the calls that have not ended, the oldest first.
	LiveCalls(ctx context.Context) (transactionIDs []string, err error)
	// EndCalls is SaveCall for several calls that have ended, in one transaction: all of them or none.
	EndCalls(ctx context.Context, ended []Ended[Call]) error
}

// CallEnder ends live calls.
type CallEnder interface {
	// End ends a call. Failure says why, unless a party hung up.
	End(ctx context.Context, transactionID, failure string) error
}

// CallStarter begins and ends the live calls of this node, as the signalling reports them.
type CallStarter interface {
	CallEnder
	// Begin makes a call durable and returns its transaction id and one listener for each leg, in the order of the legs.
	Begin(ctx context.Context, c Call) (transactionID string, legs []LegListener, err error)
}

// CallReserver begins calls that have yet to be answered.
type CallReserver interface {
	CallEnder
	// Reserve is Begin for a call that may still come to nothing: it is durable and within the quotas, and not announced. End leaves
	// no trace of it.
	Reserve(ctx context.Context, c Call) (transactionID string, legs []LegListener, err error)
	// Answered announces a reserved call, as Begin does others: its peer has been sent the answer.
	Answered(ctx context.Context, transactionID string) error
}

// CallUpdater changes live calls.
type CallUpdater interface {
	// Update applies what a message within the call says, and returns one listener for each leg that is new, in order.
	Update(ctx context.Context, transactionID string, c Change) (added []LegListener, err error)
}

// MissedCalls records bridged calls that could not be analysed.
type MissedCalls interface {
	// Missed is called when a bridged call that could not begin is over, with the reception of its legs.
	Missed(c Call, receptions []*Reception)
}

// LiveCallReader reads a live call of this node: false if there is none of the transaction id.
type LiveCallReader interface {
	Call(transactionID string) (Call, bool)
}

// LiveCallLister lists the live calls of this node, the oldest first.
type LiveCallLister interface {
	Live() []Call
}

// MediaClock reports how far the media of a live call has come.
type MediaClock interface {
	// MediaTime returns the media time of a leg's newest frame: 0 before the first one, and if there is no such live leg.
	MediaTime(transactionID string, leg int) time.Duration
}

// Tapper attaches taps to the legs of live calls.
type Tapper interface {
	// Tap attaches t to a leg from its next frame on. Stop detaches it without calling End; it waits while t handles a frame,
	// so t is not called after stop has returned, and t itself must not call stop. NotFound if there is no such live leg.
	Tap(transactionID string, leg int, t Tap) (stop func(), err error)
}

// Tap receives the frames of one leg and then, once, its end. Frame delays the leg, so it must return quickly. A tap that
// panics is detached, and its End is called; the others are not affected.
type Tap interface {
	Listener
	End()
}
