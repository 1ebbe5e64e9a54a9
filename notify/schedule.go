package notify

import (
	"context"
	"time"

	"timbre"
)

// idleWait is the wait when the outbox is empty: Wake ends it.
const idleWait = time.Hour

// round starts all deliveries that can start. It returns how long there is nothing to do unless an attempt ends or Wake is
// called.
func (d *Dispatcher) round(ctx context.Context) (time.Duration, error) {
	now := d.env.Now()
	for more := true; more && len(d.busy) < d.cfg.Workers; {
		var ready []timbre.Pending
		var err error
		if ready, more, err = d.ready(ctx, now); err != nil {
			return 0, err
		}
		for _, p := range ready {
			d.start(ctx, p)
		}
	}
	if len(d.busy) >= d.cfg.Workers {
		return idleWait, nil
	}
	next, some, err := d.deps.Outbox.NextDue(ctx)
	switch {
	case err != nil:
		return 0, err
	case !some:
		return idleWait, nil
	case next.After(now):
		return min(next.Sub(now), idleWait), nil
	}
	// What is due is in progress, or its target is busy. It may hide a retry that is due later; none is due earlier than
	// MinBackoff.
	return d.cfg.MinBackoff, nil
}

// ready returns due notices that can start now, and whether there may be more. If notices of busy targets fill the front of
// the outbox, it reads further.
func (d *Dispatcher) ready(ctx context.Context, now time.Time) (ready []timbre.Pending, more bool, err error) {
	for limit := len(d.busy) + 2*d.cfg.PerTarget; ; limit *= 4 {
		due, err := d.deps.Outbox.Due(ctx, now, limit)
		if err != nil {
			return nil, false, err
		}
		ready = d.startable(due)
		if more = len(due) >= limit; len(ready) > 0 || !more {
			return ready, more, nil
		}
	}
}

// startable returns the notices that the limits of workers, lanes and targets let start.
func (d *Dispatcher) startable(due []timbre.Pending) (ready []timbre.Pending) {
	starting := map[string]int{}
	for _, p := range due {
		if len(d.busy)+len(ready) == d.cfg.Workers {
			break
		}
		if d.busy[lane{p.Key, p.Target}] || d.perTarget[p.Target]+starting[p.Target] >= d.cfg.PerTarget {
			continue
		}
		starting[p.Target]++
		ready = append(ready, p)
	}
	return ready
}

// start starts a delivery, which completes even if ctx ends.
func (d *Dispatcher) start(ctx context.Context, p timbre.Pending) {
	l := lane{p.Key, p.Target}
	d.busy[l] = true
	d.perTarget[l.target]++
	d.attempts.Go(func() {
		d.deliver(ctx, p)
		d.finished <- l
	})
}

func (d *Dispatcher) release(l lane) {
	delete(d.busy, l)
	if d.perTarget[l.target]--; d.perTarget[l.target] == 0 {
		delete(d.perTarget, l.target)
	}
}
