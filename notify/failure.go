package notify

import (
	"context"
	"errors"
	"time"

	"timbre"
)

// FailureKind is what a failed attempt says about the next ones.
type FailureKind int

const (
	// ForNow is a service that is down, slow or throttling, or settings that an operator has to mend: the notice is tried until it
	// expires. Every error that carries no Failure is one.
	ForNow FailureKind = iota
	// Refused is a target that will refuse this notice again: 4xx other than 408, 410 and 429, no such queue, too large.
	Refused
	// Gone is a target that wants no notice any more: HTTP 410.
	Gone
)

// Failure is an error of a Sink with what the dispatcher decides by.
type Failure struct {
	Kind  FailureKind
	After time.Duration // the service asked to wait so long (Retry-After); 0: it did not
	Err   error         // names the target, contains no secret
}

func (f *Failure) Error() string { return f.Err.Error() }

func (f *Failure) Unwrap() error { return f.Err }

// FailureOf returns the Failure in the tree of err. An error without one is ForNow.
func FailureOf(err error) *Failure {
	if f := new(Failure); errors.As(err, &f) {
		return f
	}
	return &Failure{Err: err}
}

// Batcher is a Sink that sends several notices of one target in one request.
type Batcher interface {
	Sink
	// SendBatch makes one attempt to deliver notices of one target. It returns an error, or nil, for each of them.
	SendBatch(ctx context.Context, notices []timbre.Notice) []error
	// Batch returns the greatest number of notices in a batch, and of bytes in their payloads.
	Batch() (notices, bytes int)
}
