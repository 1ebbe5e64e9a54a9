package connect

import (
	"context"
	"time"

	"timbre/environment"
)

// longest is the longest pause between two attempts.
const longest = 20 * time.Second

// retries are pauses between attempts in a row of which none has brought anything: each about twice as long as the one before, of random
// length, so that the contacts of a server that comes back do not come back at once.
type retries struct {
	env      environment.Environment
	first    time.Duration
	patience time.Duration // from the first of them to the last; 0: for ever

	next  time.Duration
	since time.Time // by the steady clock; zero: the attempt before was good
}

// good says that an attempt has brought something.
func (r *retries) good() { r.next, r.since = 0, time.Time{} }

// wait waits before the next attempt. False: there is none, because the patience or ctx has ended.
func (r *retries) wait(ctx context.Context) bool {
	now := r.env.Steady()
	if r.since.IsZero() {
		r.since, r.next = now, r.first
	}
	if r.patience > 0 && now.Sub(r.since) >= r.patience {
		return false
	}
	length := r.next/2 + time.Duration(r.env.Random()*float64(r.next/2))
	r.next = min(2*r.next, longest)
	return pause(ctx, length)
}

// pause returns false if ctx ends before.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
