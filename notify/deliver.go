package notify

import (
	"context"
	"time"

	"timbre"
)

// deliver makes one try and writes down what came of it.
func (d *Dispatcher) deliver(ctx context.Context, p timbre.Pending) {
	kind := Kind(p.Target)
	sink, known := d.sinks[kind]
	if !known {
		// Nothing that the operator could mend makes a kind of sink appear in a running server, so that keeping such a
		// notice would only fill the outbox.
		d.health.noSink(p.Target, kind)
		d.metrics.dropped.WithLabelValues(kind, "no_sink").Inc()
		d.settle(ctx, p, func(ctx context.Context) error { return d.outbox.Delivered(ctx, p.Seq) })
		return
	}
	began := d.Now()
	err := d.send(ctx, sink, p.Notice)
	now := d.Now()
	d.metrics.seconds.WithLabelValues(kind).Observe(now.Sub(began).Seconds())
	if err == nil {
		d.metrics.sent.WithLabelValues(kind).Inc()
		d.metrics.lag.WithLabelValues(kind).Observe(now.Sub(p.Created).Seconds())
		d.health.well(p.Target)
		d.settle(ctx, p, func(ctx context.Context) error { return d.outbox.Delivered(ctx, p.Seq) })
		return
	}
	d.metrics.failed.WithLabelValues(kind).Inc()
	end := p.Created.Add(d.GiveUp)
	if !now.Before(end) {
		d.Log.Error("notification given up", "id", p.ID, "target", p.Target, "tries", p.Tries+1, "error", err)
		d.metrics.dropped.WithLabelValues(kind, "expired").Inc()
		d.settle(ctx, p, func(ctx context.Context) error { return d.outbox.Delivered(ctx, p.Seq) })
		return
	}
	d.health.ill(p.Target, err)
	next := now.Add(d.backoff(p.Tries))
	if next.After(end) {
		next = end // the last try
	}
	d.settle(ctx, p, func(ctx context.Context) error { return d.outbox.Postpone(ctx, p.Seq, next, err.Error()) })
}

// send makes one try. The end of Run does not cut it short.
func (d *Dispatcher) send(ctx context.Context, s Sink, n timbre.Notice) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Timeout)
	defer cancel()
	return s.Send(ctx, n)
}

// settle writes to the outbox until that is done: a notice whose outcome is not written down would be due again at once.
// If Run ends first, the notice is sent a second time after the next start.
func (d *Dispatcher) settle(ctx context.Context, p timbre.Pending, write func(context.Context) error) {
	for faults := 0; ; faults++ {
		err := write(context.WithoutCancel(ctx))
		if err == nil {
			return
		}
		d.Log.Error("the outbox cannot be written", "id", p.ID, "target", p.Target, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(d.backoff(faults)):
		}
	}
}

// backoff is the wait after the failure of a try that had so many before it: from Least on, twice as long each time, at
// most Most; its second half is left to chance, so that what failed together is not tried again together.
func (d *Dispatcher) backoff(tries int) time.Duration {
	wait := d.Least
	for i := 0; i <= tries && wait < d.Most; i++ {
		wait *= 2
	}
	wait = min(wait, d.Most)
	return max(d.Least, wait/2+time.Duration(d.Rand()*float64(wait/2)))
}
