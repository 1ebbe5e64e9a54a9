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
	begun := make(chan struct{})
	started := c.e.agent.Do(func() {
		defer close(begun)
		defer func() {
			if p := recover(); p != nil {
				c.unheard(timbre.Errorf(timbre.Internal, "trunk.analyse", "panic: %v", p))
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.e.ctx), lastPatience)
		defer cancel()
		c.begin(ctx)
	})
	if !started {
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

func (c *call) begin(ctx context.Context) {
	txid, listeners, err := c.e.calls.Begin(ctx, timbre.Call{ConnectorID: c.connector.ID, CallID: c.invite.CallID().Value(), Direction: "Outbound", Through: true,
		From: c.from, To: c.number, Headers: header.All(c.invite), Legs: c.legs, Started: c.e.now()})
	if err == nil && len(listeners) != len(c.legs) {
		err = timbre.Errorf(timbre.Internal, "trunk.analyse", "%d listeners for %d legs", len(listeners), len(c.legs))
	}
	if err != nil {
		c.unheard(err)
		return
	}
	c.mu.Lock()
	c.txid = txid
	c.mu.Unlock()
	c.measured(listeners)
	for i := range c.taps {
		c.taps[i].to.Store(&listeners[i])
	}
	if c.isOver() {
		c.conclude()
	}
}

// measured tells the listeners how well what they hear is received.
func (c *call) measured(listeners []timbre.Listener) {
	c.media.Lock()
	defer c.media.Unlock()
	if p := c.pairs[c.heard]; p != nil {
		for i, l := range listeners {
			timbre.Measure(l, p.streams[i])
		}
	}
}

// unheard counts a call that is put through without being analysed.
func (c *call) unheard(err error) {
	c.e.metrics.unanalysed.Inc()
	c.e.log.Error("a trunk call is put through without being analysed", "call", c.invite.CallID().Value(), "error", err)
}

// transaction is the id of the call's analysis; empty without.
func (c *call) transaction() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.txid
}

// conclude ends the analysis of a call that is over, if it has begun; once. Whoever analyses calls tells of their end.
func (c *call) conclude() {
	c.mu.Lock()
	txid, failure := c.txid, c.cause
	ended := c.concluded || txid == ""
	c.concluded = c.concluded || txid != ""
	c.mu.Unlock()
	if ended {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.e.ctx), lastPatience)
	defer cancel()
	if err := c.e.calls.End(ctx, txid, failure); err != nil {
		c.e.log.Error("a call could not be ended", "transaction", txid, "error", err)
	}
}
