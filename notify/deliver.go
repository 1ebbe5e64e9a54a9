package notify

import (
	"context"
	"time"

	"timbre"
)

// deliver makes one attempt and records its result.
func (d *Dispatcher) deliver(ctx context.Context, p timbre.Pending) {
	kind := Kind(p.Target)
	sink, known := d.deps.Sinks[kind]
	if !known {
		// A running server never gets another sink, so keeping the notice would only fill the outbox.
		d.health.noSink(p.Target, kind)
		d.metrics.dropped.WithLabelValues(kind, "no_sink").Inc()
		d.remove(ctx, p)
		return
	}
	start := d.env.Now()
	err := d.send(ctx, sink, p.Notice)
	now := d.env.Now()
	d.metrics.seconds.WithLabelValues(kind).Observe(now.Sub(start).Seconds())
	if err != nil {
		d.metrics.failed.WithLabelValues(kind).Inc()
		d.retry(ctx, p, kind, now, err)
		return
	}
	d.metrics.sent.WithLabelValues(kind).Inc()
	d.metrics.lag.WithLabelValues(kind).Observe(now.Sub(p.Created).Seconds())
	d.health.succeeded(p.Target)
	d.remove(ctx, p)
}

// send makes one attempt. It completes even if Run ends.
func (d *Dispatcher) send(ctx context.Context, s Sink, n timbre.Notice) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.Timeout)
	defer cancel()
	return s.Send(ctx, n)
}

// retry postpones a notice whose attempt has failed, or drops it if it has expired. The last attempt is at its expiry.
func (d *Dispatcher) retry(ctx context.Context, p timbre.Pending, kind string, now time.Time, cause error) {
	expiry := p.Created.Add(d.cfg.MaxAge)
	if !now.Before(expiry) {
		d.env.Log.Error("notification expired and dropped", "id", p.ID, "target", p.Target, "attempts", p.Tries+1, "error", cause)
		d.metrics.dropped.WithLabelValues(kind, "expired").Inc()
		d.remove(ctx, p)
		return
	}
	d.health.failing(p.Target, cause)
	next := now.Add(d.backoff(p.Tries))
	if next.After(expiry) {
		next = expiry
	}
	d.record(ctx, p, func(ctx context.Context) error { return d.deps.Outbox.Postpone(ctx, p.Seq, next, cause.Error()) })
}

// remove removes a notice from the outbox.
func (d *Dispatcher) remove(ctx context.Context, p timbre.Pending) {
	d.record(ctx, p, func(ctx context.Context) error { return d.deps.Outbox.Delivered(ctx, p.Seq) })
}

// record writes a result to the outbox, and retries until that succeeds: otherwise the notice would be due again at once. If
// Run ends first, the notice is sent again after the next start.
func (d *Dispatcher) record(ctx context.Context, p timbre.Pending, write func(context.Context) error) {
	for failures := 0; ; failures++ {
		err := write(context.WithoutCancel(ctx))
		if err == nil {
			return
		}
		d.env.Log.Error("writing the outbox failed, retrying", "id", p.ID, "target", p.Target, "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(d.backoff(failures)):
		}
	}
}

// backoff is the wait after a failed attempt that had so many failures before it: it doubles from MinBackoff to MaxBackoff. Its
// second half is random, so that notices that failed together are not retried together.
func (d *Dispatcher) backoff(failures int) time.Duration {
	wait := d.cfg.MinBackoff
	for i := 0; i <= failures && wait < d.cfg.MaxBackoff; i++ {
		wait *= 2
	}
	wait = min(wait, d.cfg.MaxBackoff)
	return max(d.cfg.MinBackoff, wait/2+time.Duration(d.env.Random()*float64(wait/2)))
}
