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
	inbox   inbox
	clerk   *clerk
	states  states
	reads   work // of what is due
	writes  work // of results

	drain    chan chan struct{} // each is closed once all that is due has been tried
	ended    chan attempt
	attempts sync.WaitGroup

	// Used by the goroutine of Run alone.
	queues  map[string]*queue
	ring    []*queue // those that may be able to start something, in the order of their turns
	starved []*queue // those that wait for room in the pool
	timers  timers
	pool    pool
	faults  int                // reads of the outbox that have failed in a row
	reading environment.Outage // of the outbox
	loading environment.Outage // of notifications out of it
	waiting int                // results that the clerk has not written
	checked time.Time          // when the size of the outbox was checked last
}

// Wake says that there may be new notices for targets, or, without any, for all. It does not block.
func (d *Dispatcher) Wake(targets ...string) { d.inbox.wake(targets) }

// Retry says that an operator wants notices for targets, or, without any, for all, to be tried now: also those that have failed, or have
// answered that they want none.
func (d *Dispatcher) Retry(targets ...string) { d.inbox.retry(targets) }

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

// Run delivers until ctx ends, then waits for the attempts in progress, each at most Config.Timeout, and for their results to be
// written. Call it once.
func (d *Dispatcher) Run(ctx context.Context) {
	settling := make(chan struct{})
	go func() { defer close(settling); d.clerk.run(ctx) }()
	timer := time.NewTimer(0)
	defer timer.Stop()
	var draining []chan struct{}
	for ctx.Err() == nil {
		timer.Reset(d.round(ctx))
		draining = d.drained(draining)
		select {
		case <-ctx.Done():
		case <-d.inbox.signal:
		case <-timer.C:
		case waiter := <-d.drain:
			draining = append(draining, waiter)
			d.inbox.wake(nil)
		case a := <-d.ended:
			d.finish(a)
		case s := <-d.clerk.settled:
			d.release(s)
		}
	}
	d.stop(settling)
}

// stop ends a run: it takes the results of what is on its way, and waits until they are written.
func (d *Dispatcher) stop(settling <-chan struct{}) {
	quiet := make(chan struct{})
	go func() { d.attempts.Wait(); close(quiet) }()
	for done := false; !done; {
		select {
		case a := <-d.ended:
			d.finish(a)
		case <-d.clerk.settled:
		case <-quiet:
			done = true
		}
	}
	d.clerk.close()
	for done := false; !done; {
		select {
		case <-d.clerk.settled:
		case <-settling:
			done = true
		}
	}
}

// drained releases the callers of Drain if nothing is on its way and nothing can start. It returns those that must wait.
func (d *Dispatcher) drained(waiters []chan struct{}) []chan struct{} {
	if len(waiters) == 0 || d.faults > 0 || d.pool.used > 0 || len(d.ring) > 0 || d.waiting > 0 {
		return waiters
	}
	for _, w := range waiters {
		close(w)
	}
	return nil
}
