package node

import (
	"context"
	"time"
)

// drainPoll is how often a draining node looks for calls that are still live.
const drainPoll = 100 * time.Millisecond

// Drain begins an orderly end: readiness and OPTIONS say that no call should come here, new calls are refused at every door, and
// Run returns once the live calls and their tasks have ended, or after the setting drain.timeout, which ends them. The API serves
// to the end. Tasks may still be started, because the calls that they analyse go on. Drain may be called again, without effect.
func (n *Node) Drain() {
	n.drainOnce.Do(func() {
		n.env.Log.Info("draining: no new calls", "calls", n.live(), "timeout", n.settings.Drain.Timeout)
		n.sip.Drain()
		if n.feed != nil {
			n.feed.Drain()
		}
		close(n.draining)
	})
}

// awaitDrained returns once Drain has been called and no call or task is live, or the time for that is over; or when ctx ends.
func (n *Node) awaitDrained(ctx context.Context) {
	select {
	case <-n.draining:
	case <-ctx.Done():
		return
	}
	timeout := time.NewTimer(n.settings.Drain.Timeout)
	defer timeout.Stop()
	poll := time.NewTicker(drainPoll)
	defer poll.Stop()
	for n.live() > 0 || n.tasks.Running() > 0 {
		select {
		case <-poll.C:
		case <-ctx.Done():
			n.env.Log.Info("drain cut short", "calls", n.live())
			return
		case <-timeout.C:
			n.env.Log.Warn("drain timed out: the live calls are ended", "calls", n.live())
			return
		}
	}
	n.env.Log.Info("drained")
}

// live is the number of calls, of which some may not have begun: they are being set up.
func (n *Node) live() int { return max(n.sip.Live(), len(n.calls.Live())) }
