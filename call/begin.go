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
	return r.open(ctx, "call.Begin", c)
}

// Reserve is Begin for a call that has yet to be answered: it is saved without events, and announced by Answered.
func (r *Registry) Reserve(ctx context.Context, c timbre.Call) (txid string, legs []timbre.LegListener, err error) {
	c.Reserved = true
	return r.open(ctx, "call.Reserve", c)
}

// open adds a call and saves it, with its events unless it is reserved.
func (r *Registry) open(ctx context.Context, op string, c timbre.Call) (txid string, legs []timbre.LegListener, err error) {
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
	var events []timbre.Event
	if !c.Reserved {
		events = r.started(c, 0)
	}
	if err := r.interrupted.MakeRoom(ctx, timbre.Limit, func() error { return r.save(ctx, c, events) }); err != nil {
		r.remove(e)
		e.end()
		r.metrics.refused.Inc()
		return "", nil, err
	}
	if !c.Reserved {
		r.begun(ctx, c)
	}
	return c.TransactionID, legs, nil
}

// begun counts a call that others know of now, and raises Begun.
func (r *Registry) begun(ctx context.Context, c timbre.Call) {
	r.metrics.started.Inc()
	r.metrics.live.Inc()
	r.raiseBegun(ctx, c)
}

func checkLegs(op string, legs []timbre.Leg) error {
	if n := len(legs); n == 0 || n > maxLegs {
		return timbre.Errorf(timbre.Invalid, op, "a call has 1 to %d legs, not %d", maxLegs, n)
	}
	return nil
}
