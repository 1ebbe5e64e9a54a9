package notify

import (
	"context"
	"time"

	"timbre"
)

// attempt is one request to a target: with one notice, or with several if the sink takes them.
type attempt struct {
	q     *queue
	heads []timbre.Head
	again bool // they have been tried before
	probe bool // of a target that fails
	doubt bool // the target has not proved that it works

	sent    []timbre.Pending
	errs    []error // of each that has been sent
	took    time.Duration
	readErr error // of reading the payloads: nothing has been sent
}

// start starts an attempt, which completes even if ctx ends.
func (d *Dispatcher) start(ctx context.Context, q *queue, heads []timbre.Head, again, probe bool) {
	a := attempt{q: q, heads: heads, again: again, probe: probe, doubt: !q.proven}
	q.inFlight++
	if again {
		q.retrying++
	}
	d.pool.begin(a.doubt)
	d.attempts.Go(func() {
		a.do(context.WithoutCancel(ctx), d)
		d.ended <- a
	})
}

// do reads the payloads and sends them.
func (a *attempt) do(ctx context.Context, d *Dispatcher) {
	seqs := make([]int64, len(a.heads))
	for i, h := range a.heads {
		seqs[i] = h.Seq
	}
	pending, err := d.deps.Outbox.Load(ctx, seqs)
	if err != nil {
		a.readErr = err
		return
	}
	start := time.Now()
	for len(pending) > 0 {
		n := 1
		if b, batches := a.q.sink.(Batcher); batches && !a.probe {
			n = fitting(pending, b)
		}
		a.sent = append(a.sent, pending[:n]...)
		a.errs = append(a.errs, d.send(ctx, a.q.sink, pending[:n])...)
		pending = pending[n:]
	}
	a.took = time.Since(start)
}

// fitting returns how many of the notices fit in a batch, at least one.
func fitting(pending []timbre.Pending, b Batcher) int {
	most, room := b.Batch()
	for n, p := range pending {
		if room -= len(p.Payload); n > 0 && (n == most || room < 0) {
			return n
		}
	}
	return len(pending)
}

// send makes one request.
func (d *Dispatcher) send(ctx context.Context, s Sink, pending []timbre.Pending) []error {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	if b, batches := s.(Batcher); batches && len(pending) > 1 {
		notices := make([]timbre.Notice, len(pending))
		for i, p := range pending {
			notices[i] = p.Notice
		}
		return b.SendBatch(ctx, notices)
	}
	return []error{s.Send(ctx, pending[0].Notice)}
}

// finish takes in the results of an attempt.
func (d *Dispatcher) finish(a attempt) {
	q, now := a.q, time.Now()
	q.inFlight--
	if a.again {
		q.retrying--
	}
	d.pool.end(a.doubt)
	d.list(q)
	if a.readErr != nil {
		d.loading.Failed(d.env.Log, "reading a notification fails, retrying", "target", q.target, "error", a.readErr)
		d.pause(a, now)
		return
	}
	d.loading.Over(d.env.Log, "notifications can be read again")
	d.metrics.seconds.WithLabelValues(q.kind).Observe(a.took.Seconds())
	settled := map[string]bool{}
	for i, p := range a.sent {
		settled[p.Key] = true
		d.waiting++
		outcome := d.judge(q, p, a.errs[i], a.probe, now)
		if d.deps.Settled != nil && outcome.Fate != timbre.Postponed {
			d.deps.Settled(p, d.env.Now(), outcome.Death.Error)
		}
		d.clerk.settle(result{q: q, key: p.Key, outcome: outcome})
	}
	d.states.set(q.target, q.breaker)
	for _, h := range a.heads {
		if !settled[h.Key] { // it was removed before it could be sent
			delete(q.busy, h.Key)
			q.unread = true
		}
	}
}

// pause tries notices that could not be read again later.
func (d *Dispatcher) pause(a attempt, now time.Time) {
	for _, h := range a.heads {
		delete(a.q.busy, h.Key)
	}
	a.q.first, a.q.again = nil, nil
	a.q.retry = now.Add(d.cfg.MinBackoff)
	a.q.unread = false
}

// release takes in what the clerk has written.
func (d *Dispatcher) release(s settled) {
	for _, r := range s.results {
		delete(r.q.busy, r.key)
		r.q.unread = true
		d.list(r.q)
	}
	d.waiting -= s.done
}
