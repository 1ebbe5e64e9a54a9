package notify

import (
	"context"
	"sync"
	"time"

	"timbre/environment"
)

// Dispatcher moves notices from the outbox to the sinks.
type Dispatcher struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics metrics
	health  health

	wake     chan struct{}
	drain    chan chan struct{} // each is closed once all that is due has been tried
	finished chan lane
	attempts sync.WaitGroup

	// Used by the goroutine of Run alone.
	busy      map[lane]bool
	perTarget map[string]int // deliveries in progress
}

// lane is the unit of order.
type lane struct{ key, target string }

// Wake says that there may be new notices. It does not block.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Drain waits until everything that is due has been tried, or ctx ends. It does not wait for retries that are due later. Run
// must be running.
func (d *Dispatcher) Drain(ctx context.Context) {
	drained := make(chan struct{})
	select {
	case d.drain <- drained:
	case <-ctx.Done():
		return
	}
	select {
	case <-drained:
	case <-ctx.Done():
	}
}

// Run delivers until ctx ends, then waits for the attempts in progress, each at most Config.Timeout. Call it once.
func (d *Dispatcher) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	failures := 0
	var draining []chan struct{}
	for ctx.Err() == nil {
		wait, err := d.round(ctx)
		if err == nil {
			failures = 0
			draining = d.drained(draining)
		} else if ctx.Err() == nil {
			d.env.Log.Error("reading the outbox failed, retrying", "error", err)
			wait = d.backoff(failures)
			failures++
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-timer.C:
		case waiter := <-d.drain:
			draining = append(draining, waiter)
		case l := <-d.finished:
			d.release(l)
		}
	}
	go func() { d.attempts.Wait(); close(d.finished) }()
	for l := range d.finished {
		d.release(l)
	}
}

// drained releases the callers of Drain if no attempt is in progress. It returns those that must wait.
func (d *Dispatcher) drained(waiters []chan struct{}) []chan struct{} {
	if len(d.busy) > 0 {
		return waiters
	}
	for _, w := range waiters {
		close(w)
	}
	return nil
}
