package node

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// shutdownTimeout bounds each step of an orderly shutdown: requests in flight, live calls, pending notifications.
const shutdownTimeout = 5 * time.Second

// Run serves until ctx ends, or until the last call has ended after Drain. Then it shuts down in order: it takes no new calls,
// hangs up the live ones, completes requests, ends tasks and pipelines, drains the outbox (what remains is delivered after the
// next start) and closes the store. It returns nil after an orderly shutdown.
func (n *Node) Run(ctx context.Context) error {
	defer n.close()
	outbox, stopOutbox := context.WithCancel(context.WithoutCancel(ctx))
	outboxStopped := make(chan struct{})
	go func() {
		defer close(outboxStopped)
		n.notices.Run(outbox)
	}()

	err := n.serve(ctx)
	err = errors.Join(err, n.shutDown(outbox))
	stopOutbox()
	<-outboxStopped
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// serve runs the stages until ctx ends, one of them fails, or the node has drained.
func (n *Node) serve(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { n.awaitDrained(ctx); stop(); return nil })
	group.Go(func() error { return n.sip.Run(ctx) })
	group.Go(func() error { n.recover(ctx); return nil })
	group.Go(func() error { n.admission.Run(ctx); return nil })
	group.Go(func() error { n.watchProfileModels(ctx); return nil })
	if n.feed != nil {
		group.Go(func() error { n.feed.Run(ctx); return nil })
	}
	group.Go(func() error { n.load.Run(ctx); return nil })
	group.Go(func() error { n.env.Repeats.Run(ctx); return nil })
	group.Go(func() error { n.calls.Run(ctx); return nil })
	if n.records != nil {
		group.Go(func() error { n.records.Run(ctx); return nil })
	}
	group.Go(func() error { n.console.Run(ctx); return nil })
	group.Go(func() error { n.pipelines.Run(ctx); return nil })
	group.Go(func() error { n.summaries.Run(ctx); return nil })
	group.Go(func() error {
		<-n.summaries.Caught() // before what they tell of may be erased
		n.sweeper.Run(ctx)
		return nil
	})
	for _, s := range n.http {
		group.Go(func() error { return s.serve(ctx) })
	}
	close(n.ready)
	return group.Wait()
}

// shutDown ends calls, tasks and pipelines, and delivers the notifications of that.
func (n *Node) shutDown(ctx context.Context) error {
	ending, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	err := n.calls.Shut(ending, "the server is shutting down")
	n.tasks.Close()
	err = errors.Join(err, n.pipelines.Close(ending))
	draining, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	n.notices.Drain(draining)
	return err
}

// close releases what New acquired. It accepts a node that New left incomplete.
func (n *Node) close() {
	for _, s := range n.http {
		s.close()
	}
	if n.sip != nil {
		n.sip.Close()
	}
	if n.speech != nil {
		n.speech.Close()
	}
	if n.models != nil {
		if err := n.models.Close(); err != nil {
			n.env.Log.Error("cannot close the models", "error", err)
		}
	}
	if n.traces != nil {
		n.traces.Close()
	}
	if n.records != nil {
		n.records.Sync() // of the calls that the shutdown has ended
	}
	for _, end := range n.brokers {
		end()
	}
	if n.signatures != nil {
		_ = n.signatures.Close() // nothing is lost: each record was written at once
	}
	if n.store != nil {
		if err := n.store.Close(); err != nil {
			n.env.Log.Error("cannot close the store", "error", err)
		}
	}
	if n.exported != nil {
		n.exported.Unregister(n.metrics)
	}
}
