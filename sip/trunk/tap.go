package trunk

import (
	"context"
	"sync/atomic"
	"time"

	"timbre"
	"timbre/sip/header"
)

const (
	// patience is how long an answer waits for its transaction id. The call does not wait for its analysis.
	patience = 300 * time.Millisecond
	// lastPatience is how long analysis may take to begin or to end at all.
	lastPatience = 30 * time.Second
)

// tap is where the frames of a leg go: nowhere, until analysis has begun.
type tap struct {
	to atomic.Pointer[timbre.Listener]
}

func (t *tap) Frame(f timbre.Frame) {
	if to := t.to.Load(); to != nil {
		(*to).Frame(f)
	}
}

// deaf is the listener of what nobody hears.
type deaf struct{}

func (deaf) Frame(timbre.Frame) {}

// analyse begins the analysis of a call that was answered. One that cannot begin, or not in time, costs the call nothing.
func (c *call) analyse() {
	said := timbre.Call{
		ConnectorID: c.connector.ID, CallID: c.invite.CallID().Value(), Direction: "Outbound", Bridged: true,
		From: c.from, To: c.number, Headers: header.All(c.invite), Legs: c.legs, Started: c.e.now(),
	}
	begun := make(chan struct{})
	started := c.e.agent.Do(func() {
		defer close(begun)
		defer func() {
			if p := recover(); p != nil {
				c.unheard(said, timbre.Errorf(timbre.Internal, "trunk.analyse", "panic: %v", p))
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.e.ctx), lastPatience)
		defer cancel()
		c.begin(ctx, said)
	})
	if !started {
		c.unheard(said, timbre.Errorf(timbre.Unavailable, "trunk.analyse", "the server is being stopped"))
		return
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-begun:
	case <-wait.C:
		c.e.log.Warn("a trunk call does not wait for its analysis", "call", c.invite.CallID().Value())
	case <-c.done:
	}
}

func (c *call) begin(ctx context.Context, said timbre.Call) {
	txid, listeners, err := c.e.calls.Begin(ctx, said)
	if err == nil && len(listeners) != len(c.legs) {
		err = timbre.Errorf(timbre.Internal, "trunk.analyse", "%d listeners for %d legs", len(listeners), len(c.legs))
	}
	if err != nil {
		c.unheard(said, err)
		return
	}
	c.mu.Lock()
	c.txid = txid
	c.mu.Unlock()
	c.measured(listeners)
	for i := range c.taps {
		var to timbre.Listener = listeners[i]
		c.taps[i].to.Store(&to)
	}
	if c.isOver() {
		c.conclude()
	}
}

// measured tells the listeners how well what they hear is received.
func (c *call) measured(listeners []timbre.LegListener) {
	c.media.Lock()
	defer c.media.Unlock()
	if p := c.tapped; p != nil {
		for i, l := range listeners {
			l.SetMeter(p[i].Stream)
		}
	}
}

// receptions are what has come on the legs, also when the call is over; nil where nothing is heard.
func (c *call) receptions() []*timbre.Reception {
	c.media.Lock()
	defer c.media.Unlock()
	all := make([]*timbre.Reception, len(c.legs))
	for i := range all {
		if c.tapped != nil {
			all[i] = new(c.tapped[i].Stream.Reception())
		}
	}
	return all
}

// unheard counts a call that is put through without being analysed, and keeps what is to be told of it when it is over.
func (c *call) unheard(said timbre.Call, err error) {
	said.Warnings = []string{"it was put through without being analysed"}
	c.mu.Lock()
	c.missed = &said
	c.mu.Unlock()
	defer func() {
		if c.isOver() {
			c.conclude()
		}
	}()
	c.e.metrics.unanalysed.Inc()
	c.e.log.Error("a trunk call is put through without being analysed", "call", c.invite.CallID().Value(), "error", err)
}

// transaction is the id of the call's analysis; empty without.
func (c *call) transaction() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.txid
}

// conclude ends the analysis of a call that is over, or has it told of as one that had none; once, and as soon as it is known
// which. Whoever keeps the calls tells of their end.
func (c *call) conclude() {
	c.mu.Lock()
	txid, missed, failure := c.txid, c.missed, c.cause
	tell := !c.concluded && (txid != "" || missed != nil)
	c.concluded = c.concluded || tell
	c.mu.Unlock()
	switch {
	case !tell:
		return
	case txid == "":
		said := *missed
		said.Failure = failure
		c.e.calls.Missed(said, c.receptions())
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.e.ctx), lastPatience)
	defer cancel()
	if err := c.e.calls.End(ctx, txid, failure); err != nil {
		c.e.log.Error("a call could not be ended", "transaction", txid, "error", err)
	}
}
