package node

import (
	"context"
	"time"
)

// sweepEvery is the interval at which expired data is erased.
const sweepEvery = 10 * time.Minute

// sweep erases what has passed its retention period, until ctx ends.
func (n *Node) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		n.sweepStore(ctx)
		n.sweepRecords()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

func (n *Node) sweepStore(ctx context.Context) {
	swept, err := n.store.Sweep(ctx, n.env.Now())
	switch {
	case ctx.Err() != nil:
	case err != nil:
		n.env.Log.Error("sweep failed", "error", err)
	default:
		n.env.Log.Debug("swept", "voiceprints", swept.Voiceprints, "tasks", swept.Tasks, "calls", swept.Calls, "embeddings", swept.Embeddings)
	}
}

func (n *Node) sweepRecords() {
	if n.records == nil {
		return
	}
	days, err := n.records.Sweep(n.env.Now())
	if err != nil {
		n.env.Log.Error("cannot remove expired call records", "error", err)
	}
	n.env.Log.Debug("swept", "call_record_days", days)
}
