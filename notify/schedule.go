package notify

import (
	"context"
	"slices"
	"time"
)

const (
	// idleWait is the wait when there is nothing to do: Wake ends it.
	idleWait = time.Hour
	// maxTurns is how many turns are taken until results are taken in again.
	maxTurns = 128
	// maxWaiting is how many results may wait to be written until no more attempts start.
	maxWaiting = 4096
)

// round starts what can start. Times in memory are monotonic; those in the outbox are of the clock that the environment has, which may
// jump. It returns how long there is nothing more to do unless something ends or Wake is called.
func (d *Dispatcher) round(ctx context.Context) time.Duration {
	now := time.Now()
	d.reads.begin()
	if err := d.hear(ctx, now); err != nil {
		return d.fault(ctx, err)
	}
	for q := d.timers.due(now); q != nil; q = d.timers.due(now) {
		d.list(q)
	}
	for range maxTurns {
		q := d.next()
		if q == nil {
			break
		}
		more, err := d.turn(ctx, q, now)
		if more || err != nil {
			d.list(q)
		}
		if err != nil {
			return d.fault(ctx, err)
		}
	}
	d.faults = 0
	d.reads.succeed()
	d.reading.Over(d.env.Log, "the outbox can be read again")
	switch {
	case (len(d.ring) > 0 || d.pool.freed) && d.waiting < maxWaiting:
		return 0
	case len(d.timers) > 0:
		return min(idleWait, max(0, d.timers[0].timer.Sub(now)))
	}
	return idleWait
}

// fault reports that the outbox cannot be read, and returns the wait for the next attempt.
func (d *Dispatcher) fault(ctx context.Context, err error) time.Duration {
	if ctx.Err() == nil {
		d.reading.Failed(d.env.Log, "reading the outbox fails, retrying", "error", err)
	}
	d.faults++
	return d.backoff(d.faults - 1)
}

// hear takes in what other goroutines have asked.
func (d *Dispatcher) hear(ctx context.Context, now time.Time) error {
	woken, all, retryAll := d.inbox.take()
	if retryAll { // also those for which nothing waits: one that wants none has only dead letters
		for _, q := range d.queues {
			woken[q.target] = true
		}
	}
	if all {
		depths, err := d.deps.Outbox.Depths(ctx)
		if err != nil {
			d.inbox.restore(woken, retryAll)
			return err
		}
		for _, depth := range depths {
			if depth.Waiting > 0 {
				woken[depth.Target] = woken[depth.Target] || retryAll
			}
		}
	}
	for target, retry := range woken {
		q := d.queue(target)
		q.unread = true
		if retry {
			q.breaker = breaker{}
			d.states.set(target, q.breaker)
		}
		d.list(q)
	}
	if len(woken) > 0 && d.cfg.Disk > 0 && now.Sub(d.checked) >= time.Second {
		d.checked = now
		d.waiting++
		d.clerk.makeRoom()
	}
	return nil
}

func (d *Dispatcher) queue(target string) *queue {
	q, known := d.queues[target]
	if !known {
		q = newQueue(target, d.deps.Sinks, d.cfg.Allow, min(startWindow, d.cfg.PerTarget))
		d.queues[target] = q
	}
	return q
}

// list gives a queue a turn.
func (d *Dispatcher) list(q *queue) {
	if !q.listed {
		q.listed = true
		d.ring = append(d.ring, q)
	}
}

// next removes and returns the queue whose turn it is, or nil. Room goes to those that have waited for it longest: the target whose attempt
// has just ended would take it again and again.
func (d *Dispatcher) next() (q *queue) {
	if d.waiting >= maxWaiting {
		return nil
	}
	if d.pool.freed {
		i := slices.IndexFunc(d.starved, func(q *queue) bool { return d.pool.admits(q.inFlight, !q.proven) })
		if i >= 0 {
			q = d.starved[i]
			d.starved, q.listed = slices.Delete(d.starved, i, i+1), false
			return q
		}
		d.pool.freed = false
	}
	if len(d.ring) > 0 {
		q = d.ring[0]
		d.ring[0], d.ring, q.listed = nil, d.ring[1:], false
	}
	return q
}
