package feed

import (
	"context"
	"errors"
	"strings"
	"time"

	"timbre"
)

// intake is the call of one feed, however its audio comes: it has a place among those of its connector, and tracks.
type intake struct {
	seat
	s     *Server
	peer  string // its address
	ctx   context.Context
	pacer pacer

	start         startMessage
	transactionID string // empty while there is no call
	connectorID   string
	tracks        map[string]timbre.Track // of the legs, by name
}

func newIntake(s *Server, peer string) intake {
	return intake{s: s, peer: peer, pacer: newPacer(), tracks: map[string]timbre.Track{}}
}

// enter begins the call, on a connector that the feed may use.
func (c *intake) enter(access timbre.Access, dialect string, tracks []track) *failure {
	if !c.s.take(&c.seat, access.Connector.ID) {
		return fail("full", c.s.full())
	}
	if !c.s.deps.Admission.AllowCall(access) {
		return fail("rate", "the connector's limit of calls a second is reached")
	}
	id, listeners, err := c.s.deps.Calls.Begin(c.ctx, c.newCall(access, tracks))
	if err != nil {
		return internalFailure(err)
	}
	c.transactionID, c.connectorID = id, access.Connector.ID
	if len(listeners) != len(tracks) {
		return internalFailure(errors.New("the call has not as many listeners as legs"))
	}
	for i, t := range tracks {
		c.add(t, listeners[i])
	}
	c.s.metrics.started.WithLabelValues(dialect).Inc()
	c.s.env.Log.Info("feed started", "transaction", id, "dialect", dialect, "peer", c.peer, "legs", len(tracks))
	return nil
}

func (c *intake) newCall(access timbre.Access, tracks []track) timbre.Call {
	call := timbre.Call{
		ConnectorID: access.Connector.ID, CallID: c.start.callID, Direction: "Outbound", From: c.start.from, To: c.start.to,
		Headers: map[string]string{}, Warnings: c.start.warnings, Started: c.s.env.Now(),
	}
	for name, value := range c.start.metadata { // in the form of the headers of an INVITE
		call.Headers[strings.ToLower(name)] = value
	}
	for i, t := range tracks {
		call.Legs = append(call.Legs, timbre.Leg{Side: t.side, Index: i, Label: t.name})
	}
	return call
}

// join adds a leg to the call.
func (c *intake) join(t track) *failure {
	added, err := c.s.deps.Calls.Update(c.ctx, c.transactionID, timbre.Change{
		Warnings: c.start.warnings,
		Legs:     []timbre.Leg{{Side: t.side, Index: len(c.tracks), Label: t.name}},
	})
	if err != nil {
		return internalFailure(err)
	}
	if len(added) != 1 {
		return internalFailure(errors.New("a leg that joins has no listener"))
	}
	c.add(t, added[0])
	return nil
}

// add makes the decoding track of a leg.
func (c *intake) add(t track, to timbre.Listener) {
	c.tracks[t.name] = c.s.deps.Tracks.Track(c.start.codec, to)
}

// hear takes audio of a leg, and returns how much it was.
func (c *intake) hear(p piece) time.Duration {
	audio, heard := c.tracks[p.name].Add(p.Piece)
	if !heard {
		c.s.metrics.late.Inc()
	}
	return audio
}

// pause waits while the feed is too far ahead, after so much audio.
func (c *intake) pause(audio time.Duration) {
	delay := c.pacer.delay(c.s.env.Steady(), audio)
	if delay <= 0 {
		return
	}
	c.s.metrics.throttled.Inc()
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.ctx.Done():
	}
}

// endCall ends the call, with a failure unless a party hung up.
func (c *intake) endCall(failure string) {
	if c.transactionID == "" {
		return
	}
	for _, t := range c.tracks {
		t.Flush()
	}
	clear(c.tracks)
	if err := c.s.deps.Calls.End(context.WithoutCancel(c.ctx), c.transactionID, failure); err != nil {
		c.s.env.Log.Error("ending the call of a feed failed", "transaction", c.transactionID, "error", err)
	}
	c.transactionID = ""
}
