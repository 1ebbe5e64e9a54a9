package notify

import (
	"cmp"
	"context"
	"time"

	"timbre"
)

// turn starts one attempt of a queue, if it can take one now. It returns whether it may be able to take another one.
func (d *Dispatcher) turn(ctx context.Context, q *queue, now time.Time) (more bool, err error) {
	switch b := &q.breaker; {
	case q.sink == nil:
		d.health.noSink(q.target, q.kind)
		d.bury(q, timbre.CauseNoSink)
		return false, nil
	case b.gone:
		d.bury(q, timbre.CauseGone)
		return false, nil
	case q.full(now) && !q.spare():
		d.timers.set(q, q.opens(now))
		return false, nil // it is also listed again when an attempt ends
	case !d.pool.admits(q.inFlight, !q.proven):
		q.listed = true
		d.starved = append(d.starved, q)
		return false, nil
	}
	if err := d.read(ctx, q, now); err != nil {
		return false, err
	}
	full := q.full(now)
	heads, again := q.take(d.batch(q), full)
	if len(heads) > 0 {
		d.start(ctx, q, heads, again, q.breaker.open && !full)
		return true, nil
	}
	d.timers.set(q, cmp.Or(q.opens(now), q.retry))
	if q.idle() && d.queues[q.target] == q {
		delete(d.queues, q.target)
	}
	return false, nil
}

// read reads what is due, if nothing that has not been tried is in memory and there may be more.
func (d *Dispatcher) read(ctx context.Context, q *queue, now time.Time) error {
	if !q.retry.IsZero() && !now.Before(q.retry) {
		q.retry, q.unread = time.Time{}, true
	}
	if !q.unread || len(q.first) > 0 {
		return nil
	}
	limit := max(readAhead, d.batch(q)) + len(q.busy)
	clock := d.env.Now()
	due, err := d.deps.Outbox.Due(ctx, q.target, clock, limit)
	if err == nil {
		q.fill(due, limit)
		if !due.Next.IsZero() {
			q.retry = now.Add(due.Next.Sub(clock.Round(0)))
		}
	}
	return err
}

// batch is how many notices of a queue are sent at once. A probe is one.
func (d *Dispatcher) batch(q *queue) int {
	if b, batches := q.sink.(Batcher); batches && !q.breaker.open {
		n, _ := b.Batch()
		return max(1, n)
	}
	return 1
}

// bury moves all that waits for a queue to the dead letters.
func (d *Dispatcher) bury(q *queue, cause string) {
	q.first, q.again, q.retry = nil, nil, time.Time{}
	if q.unread {
		q.unread = false
		d.waiting++
		d.clerk.bury(burial{q: q, cause: cause, reason: q.breaker.reason})
	}
}
