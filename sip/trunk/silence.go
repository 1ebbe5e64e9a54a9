package trunk

import (
	"context"
	"time"
)

// Run ends calls without media, and reports the reception of every analysed stream once a minute, until ctx ends.
func (u *B2BUA) Run(ctx context.Context) {
	report := time.NewTicker(time.Minute)
	defer report.Stop()
	var look <-chan time.Time
	if u.cfg.Silence > 0 {
		tick := time.NewTicker(u.cfg.Silence / 4)
		defer tick.Stop()
		look = tick.C
	}
	for {
		select {
		case <-look:
			u.sweep()
		case <-report.C:
			u.Report()
		case <-ctx.Done():
			return
		}
	}
}

// sweep ends the calls without media.
func (u *B2BUA) sweep() {
	now := u.env.Steady()
	for _, c := range u.live.calls() {
		if c.silent(now) >= u.cfg.Silence {
			u.deps.Agent.Do(func() { c.hangUp(u.ctx, nil, "no media came from either end") })
		}
	}
}

// silent is for how long no media has arrived from either end of a call that is answered and not on hold.
func (c *call) silent(now time.Time) time.Duration {
	answered := c.isAnswered(c.caller())
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
	return c.silence.Observe(now, packets, held || !answered || len(c.pairs) == 0)
}

// Report logs what the analysed streams of all calls have received since the last report.
func (u *B2BUA) Report() {
	for _, c := range u.live.calls() {
		c.media.Lock()
		if !c.closed { // the end of a call has its own report
			c.report()
		}
		c.media.Unlock()
	}
}

// report logs what the analysed streams have received. The caller holds c.media.
func (c *call) report() {
	p := c.pairs[c.tapped]
	if p == nil {
		return
	}
	for i := range p {
		r := p[i].Report()
		r.TransactionID, r.From, r.To, r.Label = c.transactionID(), c.from, c.number, c.analysis.legs[i].Side.String()
		c.ua.deps.Log.Reception(c.connector.ID, r)
	}
}
