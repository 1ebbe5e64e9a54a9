package node

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// goodbye is how long requests that are under way may take to end, and then what is still to be told.
const goodbye = 5 * time.Second

// sweepEvery is how often what has outlived its promise is erased.
const sweepEvery = 10 * time.Minute

// Run serves until ctx ends, then ends in order: no new calls, the live ones hung up, requests answered, their tasks ended,
// all of that told as far as it can be in short time (the rest after the next start), and the store closed last.
func (n *Node) Run(ctx context.Context) error {
	defer n.close()
	out, silence := context.WithCancel(context.WithoutCancel(ctx))
	delivered := make(chan struct{})
	go func() {
		defer close(delivered)
		n.notices.Run(out)
	}()

	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return n.sip.Run(ctx) })
	if n.feed != nil {
		work.Go(func() error { n.feed.Run(ctx); return nil })
	}
	work.Go(func() error { n.calls.Run(ctx); return nil })
	work.Go(func() error { n.pipelines.Run(ctx); return nil })
	work.Go(func() error { return n.sweep(ctx) })
	for _, d := range n.doors {
		work.Go(func() error { return d.serve(ctx) })
	}
	close(n.ready)
	err := work.Wait()

	last, cancel := context.WithTimeout(out, goodbye)
	defer cancel()
	err = errors.Join(err, n.calls.Shut(last, "the server is shutting down"))
	n.tasks.Close()
	err = errors.Join(err, n.pipelines.Close(last))
	told, cancel := context.WithTimeout(out, goodbye)
	defer cancel()
	n.notices.Drain(told)
	silence()
	<-delivered
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// sweep keeps the promises about what is erased when.
func (n *Node) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		swept, err := n.store.Sweep(ctx, time.Now())
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			n.log.Error("sweep failed", "error", err)
		default:
			n.log.Debug("swept", "voiceprints", swept.Voiceprints, "tasks", swept.Tasks, "calls", swept.Calls, "embeddings", swept.Embeddings)
		}
		n.sweepRecords()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

func (n *Node) sweepRecords() {
	if n.records == nil {
		return
	}
	days, err := n.records.Sweep(time.Now())
	if err != nil {
		n.log.Error("old call records could not be removed", "error", err)
	}
	n.log.Debug("swept", "days of call records", days)
}

func (n *Node) isReady() bool {
	select {
	case <-n.ready:
		return true
	default:
		return false
	}
}

// close gives back what New took. It is safe for a node that New left half open.
func (n *Node) close() {
	for _, d := range n.doors {
		_ = d.Close()
		_ = d.port.Close()
	}
	if n.sip != nil {
		n.sip.Close()
	}
	if n.models != nil {
		if err := n.models.Close(); err != nil {
			n.log.Error("closing the models", "error", err)
		}
	}
	if n.store != nil {
		if err := n.store.Close(); err != nil {
			n.log.Error("closing the store", "error", err)
		}
	}
}
