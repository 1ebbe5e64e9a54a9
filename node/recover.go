package node

import (
	"context"
	"errors"
	"time"

	"timbre/environment"
)

// The wait before what could not be recovered is tried again.
const (
	minRecoverBackoff = 5 * time.Second
	maxRecoverBackoff = 5 * time.Minute
)

// strayPackets is how long the peers of lost calls may go on sending: until those calls end.
const strayPackets = time.Hour

// interrupted notes what was live when the previous run stopped. It reads names only, so that the ports open at once, whatever was
// live.
func (n *Node) interrupted(ctx context.Context) error {
	live, err := n.calls.Interrupted(ctx)
	if live > 0 {
		n.ports.Beware(strayPackets)
	}
	return errors.Join(err, n.tasks.Interrupted(ctx), n.pipelines.Interrupted(ctx))
}

// recover ends what was live when the previous run stopped, and posts the notifications of that, while the node serves. What a
// request asks for is ended before it is answered. Calls come first, because they count against quotas.
func (n *Node) recover(ctx context.Context) {
	var outage environment.Outage
	for backoff := minRecoverBackoff; ; backoff = min(2*backoff, maxRecoverBackoff) {
		err := errors.Join(n.calls.Recover(ctx), n.tasks.Recover(ctx), n.pipelines.Recover(ctx))
		if err == nil {
			outage.Over(n.env.Log, "what was live when the server stopped is ended after retries")
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		outage.Failed(n.env.Log, "what was live when the server stopped cannot be ended, retrying", "retry_in", backoff, "error", err)
		timer := time.NewTimer(backoff)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}
