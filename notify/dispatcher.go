// Package notify delivers what the outbox holds. Notices come in from the outbox, where the stages before it wrote them in
// the transaction of what they tell of; they go out to the sink that the form of their target asks for.
//
// Delivery is at least once and, within a (Key, Target), in order: the next notice is not tried before the one ahead of it
// has been taken or given up. Id and payload are the same on every try, also after a restart, so that consumers can tell
// a repetition. It does not word events, and it does not choose targets.
package notify

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Config of a Dispatcher. Zero values mean the default.
type Config struct {
	Now     func() time.Time // time.Now
	Log     *slog.Logger     // none
	Metrics prometheus.Registerer
	Rand    func() float64 // in [0, 1); spreads the retries

	Workers   int           // deliveries at one time: 128
	PerTarget int           // of these to one target, so that slow ones leave room for others: a sixteenth of Workers
	Timeout   time.Duration // for one try: 30 s
	Least     time.Duration // before the second try: 1 s; each later wait is twice as long
	Most      time.Duration // between two tries: 5 min
	GiveUp    time.Duration // after the making of a notice: 24 h
}

// Dispatcher empties an outbox into sinks.
type Dispatcher struct {
	Config
	outbox timbre.Outbox
	sinks  Sinks
	wake   chan struct{}
	empty  chan chan struct{} // each is closed once nothing can be delivered
	done   chan lane
	tries  sync.WaitGroup

	metrics metrics
	health  health

	// of Run's goroutine
	busy   map[lane]bool
	placed map[string]int // deliveries under way to a target
}

// lane is what is kept in order.
type lane struct{ key, target string }

// New makes a Dispatcher; Run starts it.
func New(c Config, o timbre.Outbox, s Sinks) *Dispatcher {
	d := &Dispatcher{
		Config: c, outbox: o, sinks: s,
		wake: make(chan struct{}, 1), empty: make(chan chan struct{}), done: make(chan lane),
		busy: map[lane]bool{}, placed: map[string]int{},
	}
	or(&d.Workers, 128)
	or(&d.PerTarget, max(1, d.Workers/16))
	or(&d.Timeout, 30*time.Second)
	or(&d.Least, time.Second)
	or(&d.Most, 5*time.Minute)
	or(&d.GiveUp, 24*time.Hour)
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Rand == nil {
		d.Rand = rand.Float64
	}
	d.metrics = newMetrics(d.Metrics)
	d.health.log = d.Log
	return d
}

func or[T int | time.Duration](v *T, other T) {
	if *v <= 0 {
		*v = other
	}
}

// Wake says that there are new notices. It never blocks.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Drain waits until everything that is due has been tried, or ctx ends. What waits for a later try is not waited for. Call
// it while Run goes on.
func (d *Dispatcher) Drain(ctx context.Context) {
	tried := make(chan struct{})
	select {
	case d.empty <- tried:
	case <-ctx.Done():
		return
	}
	select {
	case <-tried:
	case <-ctx.Done():
	}
}

// Run delivers until ctx is done, then waits for the tries under way, each at most Config.Timeout. Call it once.
func (d *Dispatcher) Run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	faults := 0
	var draining []chan struct{}
	for ctx.Err() == nil {
		wait, err := d.round(ctx)
		if err == nil && len(d.busy) == 0 {
			for _, tried := range draining {
				close(tried)
			}
			draining = nil
		}
		if err != nil && ctx.Err() == nil {
			d.Log.Error("the outbox cannot be read; trying again", "error", err)
			wait = d.backoff(faults)
			faults++
		} else {
			faults = 0
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-timer.C:
		case tried := <-d.empty:
			draining = append(draining, tried)
		case l := <-d.done:
			d.release(l)
		}
	}
	go func() { d.tries.Wait(); close(d.done) }()
	for l := range d.done {
		d.release(l)
	}
}

// idle is how long the loop waits when the outbox is empty: nothing but Wake is awaited.
const idle = time.Hour

// round starts all that can be started and says how long there is nothing to do, unless a try ends or Wake is called.
func (d *Dispatcher) round(ctx context.Context) (time.Duration, error) {
	now := d.Now()
	for more := true; more && len(d.busy) < d.Workers; {
		var ready []timbre.Pending
		var err error
		if ready, more, err = d.ready(ctx, now); err != nil {
			return 0, err
		}
		for _, p := range ready {
			d.start(ctx, p)
		}
	}
	if len(d.busy) >= d.Workers {
		return idle, nil
	}
	next, some, err := d.outbox.NextDue(ctx)
	switch {
	case err != nil:
		return 0, err
	case !some:
		return idle, nil
	case next.After(now):
		return min(next.Sub(now), idle), nil
	}
	// What is due is under way, or its target is busy. It may hide a retry that comes later; none comes sooner than Least.
	return d.Least, nil
}

// ready gives due notices that may start now, and whether there may be more of them. Where notices for busy targets fill
// the front of the outbox, it looks further back.
func (d *Dispatcher) ready(ctx context.Context, now time.Time) (ready []timbre.Pending, more bool, err error) {
	for limit := len(d.busy) + 2*d.PerTarget; ; limit *= 4 {
		due, err := d.outbox.Due(ctx, now, limit)
		if err != nil {
			return nil, false, err
		}
		taking := map[string]int{}
		for _, p := range due {
			if len(d.busy)+len(ready) == d.Workers {
				break
			}
			if d.busy[lane{p.Key, p.Target}] || d.placed[p.Target]+taking[p.Target] >= d.PerTarget {
				continue
			}
			taking[p.Target]++
			ready = append(ready, p)
		}
		if more = len(due) >= limit; len(ready) > 0 || !more {
			return ready, more, nil
		}
	}
}

// start begins a delivery. It goes on to its end when ctx ends.
func (d *Dispatcher) start(ctx context.Context, p timbre.Pending) {
	l := lane{p.Key, p.Target}
	d.busy[l] = true
	d.placed[l.target]++
	d.tries.Go(func() {
		d.deliver(ctx, p)
		d.done <- l
	})
}

func (d *Dispatcher) release(l lane) {
	delete(d.busy, l)
	if d.placed[l.target]--; d.placed[l.target] == 0 {
		delete(d.placed, l.target)
	}
}
