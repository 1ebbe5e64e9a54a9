package trial

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"timbre/bench/server"
)

// The instants of a kill, after the start of the process or after it is ready.
const (
	early = 700 * time.Millisecond
	late  = 10 * time.Second
)

// round starts a server, kills it at a random instant, and notes what it has left to deliver. One in five is killed while it starts.
func (t *trial) round(ctx context.Context) error {
	t.report.Kills++
	if t.random.IntN(5) == 0 {
		t.killStart(ctx)
	} else if err := t.killCalls(ctx); err != nil {
		return err
	}
	waiting, err := waiting(ctx, t.database())
	t.report.Backlog += len(waiting)
	t.ledger.owe(waiting)
	return err
}

// killStart kills a server that may not be ready.
func (t *trial) killStart(ctx context.Context) {
	soon, cancel := context.WithTimeout(ctx, time.Duration(t.random.Int64N(int64(early))))
	defer cancel()
	s, err := t.start(soon)
	if err != nil {
		t.report.Early++
		return
	}
	<-soon.Done()
	s.Kill()
}

// killCalls kills a server that has calls.
func (t *trial) killCalls(ctx context.Context) error {
	s, err := t.start(ctx)
	if err != nil {
		return err
	}
	var excused atomic.Bool
	hangUp := t.call(ctx, s, &excused)
	wait(ctx, time.Duration(t.random.Int64N(int64(late))))
	excused.Store(true)
	s.Kill()
	hangUp()
	return nil
}

// call has calls placed on a server until it is told to end.
func (t *trial) call(ctx context.Context, s *server.Process, excused *atomic.Bool) (end func()) {
	alive, cancel := context.WithCancel(ctx)
	var lines sync.WaitGroup
	for i := range t.cfg.Lines {
		c := &caller{place: t.place, sip: s.SIP, book: t.book, excused: excused, speaker: i}
		c.place.API, _ = s.Clients()
		lines.Go(func() { c.run(alive) })
	}
	return func() {
		cancel()
		lines.Wait()
	}
}

// wait waits for d, or until ctx ends.
func wait(ctx context.Context, d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	select {
	case <-over.C:
	case <-ctx.Done():
	}
}
