package call

import (
	"context"
	"maps"
	"slices"

	"timbre"
)

// maxLegs is more than any SIPREC client sends: two parties, and a third in a conference.
const maxLegs = 3

// Begin makes a call live until End. It assigns a transaction id, the start and a stream ARN for each leg, and saves the call
// with one STARTED and one AnalyticsReady event for each leg, and ALL_STARTED if both parties have a stream. It returns the
// listener of each leg. Invalid if the call has no leg or too many; Unavailable after Shut; else the error of the store, and
// the call is not live.
func (r *Registry) Begin(ctx context.Context, c timbre.Call) (txid string, legs []timbre.LegListener, err error) {
	const op = "call.Begin"
	if err := checkLegs(op, c.Legs); err != nil {
		return "", nil, err
	}
	c.TransactionID, c.Started = r.env.NewID(), r.env.Now()
	c.Headers, c.Legs, c.Warnings = maps.Clone(c.Headers), slices.Clone(c.Legs), slices.Clone(c.Warnings)
	e := &entry{call: c, began: r.env.Steady(), talk: r.newTalk(c.TransactionID)}
	for i := range c.Legs {
		c.Legs[i].StreamARN = r.streamARN(&c)
		e.legs = append(e.legs, newLeg(r, e.talk, i))
		legs = append(legs, e.legs[i])
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	// The call is live before its events are saved, so that a client that acts on them finds it.
	if !r.insert(e) {
		return "", nil, timbre.Errorf(timbre.Unavailable, op, "the server is shutting down")
	}
	events := r.started(c, 0)
	if err := r.interrupted.MakeRoom(ctx, timbre.Limit, func() error { return r.save(ctx, c, events) }); err != nil {
		r.remove(e)
		e.end()
		r.metrics.refused.Inc()
		return "", nil, err
	}
	r.metrics.started.Inc()
	r.metrics.live.Inc()
	r.raiseBegun(ctx, c)
	return c.TransactionID, legs, nil
}

func checkLegs(op string, legs []timbre.Leg) error {
	if n := len(legs); n == 0 || n > maxLegs {
		return timbre.Errorf(timbre.Invalid, op, "a call has 1 to %d legs, not %d", maxLegs, n)
	}
	return nil
}
