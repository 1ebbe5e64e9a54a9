package notify

import (
	"time"

	"timbre"
)

// judge decides what becomes of a notice after an attempt, and what its result says of the target.
func (d *Dispatcher) judge(q *queue, p timbre.Pending, err error, probe bool, now time.Time) timbre.Outcome {
	if err == nil {
		d.metrics.sent.WithLabelValues(q.kind).Inc()
		d.metrics.lag.WithLabelValues(q.kind).Observe(d.env.Age(p.Created).Seconds())
		d.works(q, now)
		q.proven = true
		q.window = min(q.window+1, d.cfg.PerTarget)
		return timbre.Outcome{Seq: p.Seq, Fate: timbre.Delivered}
	}
	d.metrics.failed.WithLabelValues(q.kind).Inc()
	switch f := FailureOf(err); f.Kind {
	case Gone:
		q.breaker = breaker{gone: true, reason: err.Error()}
		q.unread = true // and so does all that waits behind it
		d.env.Log.Error("notification target wants no more: its notifications become dead letters", "target", q.target, "error", err)
		return d.dead(q, p, timbre.CauseGone, err)
	case Refused:
		d.works(q, now)
		if p.Tries+1 >= d.cfg.Refusals {
			return d.dead(q, p, timbre.CauseRefused, err)
		}
		return d.postponed(p, d.backoff(p.Tries), 0, err)
	default:
		return d.failed(q, p, f, probe, now)
	}
}

// failed judges an attempt that failed for now.
func (d *Dispatcher) failed(q *queue, p timbre.Pending, f *Failure, probe bool, now time.Time) timbre.Outcome {
	d.health.failing(q.target, f, now)
	q.proven, q.window = false, max(1, q.window/2)
	passed := time.Duration(0)
	if probe = probe && q.breaker.open; probe { // otherwise another attempt has closed it meanwhile
		passed = q.breaker.wait
		defer func() {
			d.waiting++
			d.clerk.bury(burial{q: q, cause: timbre.CauseExpired, reason: f.Error(), age: d.cfg.MaxAge})
		}()
	}
	q.breaker.fail(setback{key: p.Key, again: p.Tries > 0, probe: probe, after: f.After, reason: f.Error()}, now, d.backoff)
	if p.Waited >= d.cfg.MaxAge {
		o := d.dead(q, p, timbre.CauseExpired, f)
		o.TargetWait = passed
		return o
	}
	wait := d.backoff(p.Tries)
	if q.breaker.open {
		wait = max(d.cfg.MinBackoff, q.breaker.until.Sub(now))
	}
	return d.postponed(p, wait, passed, f)
}

func (d *Dispatcher) works(q *queue, now time.Time) {
	d.health.succeeded(q.target, now)
	q.breaker.answered()
}

func (d *Dispatcher) dead(q *queue, p timbre.Pending, cause string, err error) timbre.Outcome {
	d.metrics.dead.WithLabelValues(q.kind, cause).Inc()
	d.health.died(p, cause, err, d.env.Steady())
	return timbre.Outcome{Seq: p.Seq, Fate: timbre.Dead, Death: timbre.Death{Cause: cause, Error: err.Error(), At: d.env.Now()}}
}

// postponed waits, but not beyond the age at which the notice expires: the last attempt is made then.
func (d *Dispatcher) postponed(p timbre.Pending, wait, passed time.Duration, err error) timbre.Outcome {
	if left := d.cfg.MaxAge - p.Waited; left > 0 {
		wait = min(wait, left)
	}
	return timbre.Outcome{
		Seq: p.Seq, Fate: timbre.Postponed, Next: d.env.Now().Add(min(wait, timbre.NoticeWait)), Wait: wait, TargetWait: passed, Death: timbre.Death{Error: err.Error()},
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
