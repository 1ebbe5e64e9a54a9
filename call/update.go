package call

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"timbre"
)

// Update applies what a re-INVITE or UPDATE says. Metadata and group replace the earlier ones unless they are empty, and an
// UPDATED event carries the headers. Legs are identified by the Index of their m-line: a known leg gets its new side, label
// and party; an unknown one is added as a new stream, and its listener is returned, in order. NotFound if the call is not
// live.
func (r *Registry) Update(ctx context.Context, txid string, change timbre.Change) (added []timbre.LegListener, err error) {
	const op = "call.Update"
	e := r.find(txid)
	if e == nil {
		return nil, notLive(op)
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	if e.removed || !e.call.Ended.IsZero() {
		return nil, notLive(op)
	}
	c := e.call
	c.Metadata, c.Group = cmp.Or(change.Metadata, c.Metadata), cmp.Or(change.Group, c.Group)
	c.Warnings, c.Legs = slices.Clone(change.Warnings), r.merge(&c, change.Legs)
	if err := checkLegs(op, c.Legs); err != nil {
		return nil, err
	}
	known := len(e.legs)
	if err := r.save(ctx, c, append(r.updated(withHeaders(c, change.Headers)), r.started(c, known)...)); err != nil {
		return nil, err
	}
	var legs []*leg
	for i := range c.Legs[known:] {
		legs = append(legs, newLeg(r, e.talk, known+i))
		added = append(added, legs[len(legs)-1])
	}
	r.set(e, c, legs...)
	if change.Legs != nil {
		r.raiseChanged(ctx, c)
	}
	r.raiseUpdated(ctx, withHeaders(c, change.Headers))
	return added, nil
}

// updated returns the UPDATED event of a call with the headers of the message.
func (r *Registry) updated(c timbre.Call) []timbre.Event {
	return []timbre.Event{r.event(c, timbre.StreamingStatus, timbre.StreamingUpdated, 0)}
}

// withHeaders returns a call with the headers of a message within it.
func withHeaders(c timbre.Call, headers map[string]string) timbre.Call {
	c.Headers = maps.Clone(headers)
	return c
}

// merge applies the legs of a change to those of the call.
func (r *Registry) merge(c *timbre.Call, changed []timbre.Leg) []timbre.Leg {
	legs := slices.Clone(c.Legs)
	for _, l := range changed {
		i := slices.IndexFunc(legs, func(known timbre.Leg) bool { return known.Index == l.Index })
		if i < 0 {
			l.StreamARN = r.streamARN(c)
			legs = append(legs, l)
			continue
		}
		l.StreamARN = legs[i].StreamARN
		legs[i] = l
	}
	return legs
}
