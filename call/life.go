package call

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"timbre"
)

// maxLegs is more than any SIPREC client sends: two parties, and a third in a conference.
const maxLegs = 3

// Begin takes a new call in: it gives it a transaction id, its start and a stream ARN a leg, and writes it with its STARTED
// and AnalyticsReady events, one of each a leg, and ALL_STARTED when it has both parties' streams. It returns where the frames of each leg are to go. The call lives until End.
func (r *Registry) Begin(ctx context.Context, c timbre.Call) (txid string, legs []timbre.LegListener, err error) {
	const op = "call.Begin"
	if n := len(c.Legs); n == 0 || n > maxLegs {
		return "", nil, timbre.Errorf(timbre.Invalid, op, "a call has 1 to %d legs, not %d", maxLegs, n)
	}
	c.TransactionID, c.Started = r.NewID(), r.Now()
	c.Headers, c.Legs, c.Warnings = maps.Clone(c.Headers), slices.Clone(c.Legs), slices.Clone(c.Warnings)
	l := &live{call: c}
	for i := range c.Legs {
		c.Legs[i].StreamARN = r.streamARN(&c)
		l.legs = append(l.legs, newLeg(r))
		legs = append(legs, l.legs[i])
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	// It is there before its events are, so that whoever acts on them finds it.
	if !r.insert(l) {
		return "", nil, timbre.Errorf(timbre.Unavailable, op, "the server is stopping")
	}
	if err := r.write(ctx, c, r.beginning(c, 0)); err != nil {
		r.remove(l)
		l.end()
		r.metrics.refused.Inc()
		return "", nil, err
	}
	r.metrics.started.Inc()
	r.metrics.live.Inc()
	return c.TransactionID, legs, nil
}

// Update takes what a re-INVITE or UPDATE says: the newest metadata stays with the call, unless it is empty, and an UPDATED
// event carries the headers. Legs are known by the Index of their m-line: those that are known get their new side, label and
// party, others are added as new streams, and where their frames are to go is returned, in their order. NotFound when the
// call is not live.
func (r *Registry) Update(ctx context.Context, txid string, said timbre.Change) (added []timbre.LegListener, err error) {
	const op = "call.Update"
	l := r.find(txid)
	if l == nil {
		return nil, notLive(op)
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.gone || !l.call.Ended.IsZero() {
		return nil, notLive(op)
	}
	c := l.call
	c.Metadata, c.Group, c.Warnings = cmp.Or(said.Metadata, c.Metadata), cmp.Or(said.Group, c.Group), slices.Clone(said.Warnings)
	known := len(c.Legs)
	c.Legs = r.merge(&c, said.Legs)
	if n := len(c.Legs); n > maxLegs {
		return nil, timbre.Errorf(timbre.Invalid, op, "a call has 1 to %d legs, not %d", maxLegs, n)
	}
	told := c
	told.Headers = maps.Clone(said.Headers)
	events := append([]timbre.Event{r.event(told, timbre.StreamingStatus, timbre.StreamingUpdated, 0)}, r.beginning(c, known)...)
	if err := r.write(ctx, c, events); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l.call = c
	for range c.Legs[known:] {
		leg := newLeg(r)
		l.legs, added = append(l.legs, leg), append(added, leg)
	}
	return added, nil
}

// merge is the call's legs with what an update says of them.
func (r *Registry) merge(c *timbre.Call, said []timbre.Leg) []timbre.Leg {
	legs := slices.Clone(c.Legs)
	for _, s := range said {
		i := slices.IndexFunc(legs, func(l timbre.Leg) bool { return l.Index == s.Index })
		if i < 0 {
			s.StreamARN = r.streamARN(c)
			legs = append(legs, s)
			continue
		}
		s.StreamARN = legs[i].StreamARN
		legs[i] = s
	}
	return legs
}

// End ends a call: with ENDED events, one a leg, or with FAILED ones when there was a failure. Its taps are told. A call that
// is not live is left alone, so that it may be called again. An end that could not be written is an error, and left to Run.
func (r *Registry) End(ctx context.Context, txid, failure string) error {
	reason := "hangup"
	if failure != "" {
		reason = "failure"
	}
	return r.end(ctx, txid, failure, reason)
}

func (r *Registry) end(ctx context.Context, txid, failure, reason string) error {
	l := r.find(txid)
	if l == nil {
		return nil
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.gone {
		return nil
	}
	c := l.call
	if c.Ended.IsZero() {
		c.Ended, c.Failure = r.Now(), failure
		r.metrics.live.Dec()
		r.conclude(c, receptions(l.legs), reason)
	}
	// A caller that gives up does not undo a hang-up.
	err := r.write(context.WithoutCancel(ctx), c, r.ending(c))
	if err == nil {
		r.remove(l)
	} else {
		r.mu.Lock()
		l.call = c
		r.mu.Unlock()
		select {
		case r.unwritten <- struct{}{}:
		default:
		}
	}
	l.end()
	return err
}

// end tells the taps. The caller holds the writing lock.
func (l *live) end() {
	for _, leg := range l.legs {
		leg.end()
	}
}

// ending are the events of a call that has ended.
func (r *Registry) ending(c timbre.Call) []timbre.Event {
	if c.Failure != "" {
		return r.perLeg(c, timbre.StreamingStatus, timbre.StreamingFailed, 0)
	}
	return r.perLeg(c, timbre.StreamingStatus, timbre.StreamingEnded, 0)
}

// Shut ends all calls, for a reason, and takes no more.
func (r *Registry) Shut(ctx context.Context, reason string) error {
	r.mu.Lock()
	r.closed = true
	ids := slices.Collect(maps.Keys(r.calls))
	r.mu.Unlock()
	var failed []error
	for _, id := range ids {
		failed = append(failed, r.end(ctx, id, reason, "shutdown"))
	}
	return errors.Join(failed...)
}

// Recover ends the calls that were live when the node died, with FAILED events. Those that live here are left alone.
func (r *Registry) Recover(ctx context.Context, stale []timbre.Call) error {
	var failed []error
	for _, c := range stale {
		if r.find(c.TransactionID) != nil {
			continue
		}
		c.Ended, c.Failure = r.Now(), "the server stopped during the call"
		r.conclude(c, make([]*timbre.Reception, len(c.Legs)), "recovered")
		if err := r.write(ctx, c, r.ending(c)); err != nil {
			failed = append(failed, err)
			continue
		}
	}
	return errors.Join(failed...)
}

func (r *Registry) find(txid string) *live {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.calls[txid]
}

// insert puts a call into the registry; false when it takes no more.
func (r *Registry) insert(l *live) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return false
	}
	r.calls[l.call.TransactionID] = l
	return true
}

// remove takes a call out. The caller holds its writing lock.
func (r *Registry) remove(l *live) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, l.call.TransactionID)
	l.gone = true
}
