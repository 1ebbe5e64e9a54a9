package notify_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// sink is a Sink that records notices and their times.
type sink struct {
	answer func(n timbre.Notice, try int) error // nil: it accepts everything

	mu   sync.Mutex
	got  []timbre.Notice
	at   []time.Time
	seen map[string]int
}

func (s *sink) Send(_ context.Context, n timbre.Notice) error {
	s.mu.Lock()
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	s.got, s.at = append(s.got, n), append(s.at, time.Now())
	s.seen[n.ID+n.Target]++
	try := s.seen[n.ID+n.Target]
	s.mu.Unlock()
	if s.answer == nil {
		return nil
	}
	return s.answer(n, try)
}

func (s *sink) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.got))
	for _, n := range s.got {
		ids = append(ids, n.ID)
	}
	return ids
}

func deps(o timbre.Outbox, webhook notify.Sink) notify.Deps {
	return notify.Deps{Outbox: o, Sinks: notify.Sinks{"webhook": webhook}}
}

func notice(id, key, target string) timbre.Notice {
	return timbre.Notice{ID: id, Key: key, Target: target, Payload: []byte(`{"id":"` + id + `"}`), Created: time.Now()}
}

// dispatch runs a dispatcher of one sink until the test ends.
func dispatch(t *testing.T, cfg notify.Config, o timbre.Outbox, to notify.Sink) *notify.Dispatcher {
	t.Helper()
	d := notify.New(environment.Environment{}, cfg, deps(o, to))
	t.Cleanup(running(d))
	return d
}

// running runs a dispatcher until stop, which waits for its end.
func running(d *notify.Dispatcher) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); d.Run(ctx) }()
	return func() { cancel(); <-ended }
}

// pass waits in the time of the bubble.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
