package trunk

import (
	"context"
	"time"
)

// Run ends calls whose media has died, and reports the reception of every stream once a minute, until ctx ends.
func (e *Exchange) Run(ctx context.Context) {
	report := time.NewTicker(time.Minute)
	defer report.Stop()
	var look <-chan time.Time
	if e.cfg.Silence > 0 {
		tick := time.NewTicker(e.cfg.Silence / 4)
		defer tick.Stop()
		look = tick.C
	}
	for {
		select {
		case <-look:
			e.sweep()
		case <-report.C:
			e.Report()
		case <-ctx.Done():
			return
		}
	}
}

// sweep ends the calls that nothing has been heard of for too long.
func (e *Exchange) sweep() {
	now := e.now()
	for _, c := range e.sides.calls() {
		if c.silent(now) >= e.cfg.Silence {
			e.agent.Do(func() { c.hangUp(e.ctx, nil, "no media came from either end") })
		}
	}
}

// silent is for how long nothing has come from either end of a call that is answered and not held.
func (c *call) silent(now time.Time) time.Duration {
	answered := c.isUp(c.caller())
	c.media.Lock()
	defer c.media.Unlock()
	var packets uint64
	held := false
	for _, p := range c.pairs {
		for i := range p {
			packets += p[i].Stream.Reception().Packets
			held = held || p[i].Spec.Hold
		}
	}
	return c.silence.Look(now, packets, held || !answered || len(c.pairs) == 0)
}

// Report writes down what has come on the streams of all calls since the last time.
func (e *Exchange) Report() {
	for _, c := range e.sides.calls() {
		c.media.Lock()
		if !c.closed { // the end of a call has its own report
			c.report()
		}
		c.media.Unlock()
	}
}

// report writes down what has come on the streams that are heard. The caller holds c.media.
func (c *call) report() {
	p := c.pairs[c.heard]
	if p == nil {
		return
	}
	for i := range p {
		r := p[i].Report()
		r.TransactionID, r.From, r.To, r.Label = c.transaction(), c.from, c.number, c.legs[i].Side.String()
		c.e.diary.Reception(c.connector.ID, r)
	}
}
