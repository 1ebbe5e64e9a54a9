package notifytest

import (
	"context"
	"slices"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
)

// run runs a dispatcher with the sink until the test ends.
func (b Backend) run(t *testing.T, o *Outbox, maxAge time.Duration) {
	t.Helper()
	cfg := notify.Config{MinBackoff: time.Millisecond, MaxBackoff: time.Millisecond, MaxAge: maxAge}
	d := notify.New(environment.Environment{}, cfg, notify.Deps{Outbox: o, Sinks: notify.Sinks{notify.Kind(b.Target): b.Sink}})
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() { defer close(stopped); d.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-stopped })
}

func wait(t *testing.T, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-t.Context().Done():
		t.Fatal("the test has ended before the outbox was empty")
	}
}

// notices returns notices of one key.
func (b Backend) notices(ids ...string) (notices []timbre.Notice, payloads []string) {
	for _, id := range ids {
		notices, payloads = append(notices, b.notice(id)), append(payloads, object(id))
	}
	return notices, payloads
}

func keepsOrder(t *testing.T, b Backend, _ notify.FailureKind) {
	o := &Outbox{}
	notices, want := b.notices("Id-1", "Id-2", "Id-3")
	o.Put(notices...)
	b.Service.Fail(RefusedForNow, 3)
	b.run(t, o, time.Hour)
	wait(t, o.Empty())
	b.wantReceived(t, want...)
}

func repeats(t *testing.T, b Backend, _ notify.FailureKind) {
	o := &Outbox{}
	notices, payloads := b.notices("Id-1", "Id-2")
	o.Put(notices...)
	b.Service.Fail(Drop, 1)
	b.run(t, o, time.Hour)
	wait(t, o.Empty())
	got := b.Received()
	if first, last := got[0], got[len(got)-1]; first != payloads[0] || last != payloads[1] {
		t.Errorf("got payloads %q, want %q first and %q last", got, payloads[0], payloads[1])
	}
	if distinct := slices.Compact(got); !slices.Equal(distinct, payloads) {
		t.Errorf("got payloads %q, want repetitions of %q alone", distinct, payloads)
	}
}

// buries checks that what the service refuses for ever becomes a dead letter, and holds up nothing. What is too large always is.
func buries(t *testing.T, b Backend, _ notify.FailureKind) {
	o := &Outbox{}
	notices, payloads := b.notices("Id-1", "Id-2")
	refused := notices[0]
	if kind, another := b.Kinds["refused for ever"]; another && kind == notify.ForNow {
		refused.Payload = b.large()
	}
	o.Put(refused)
	b.Service.Fail(RefusedForever, -1)
	b.run(t, o, 10*time.Millisecond)
	wait(t, o.Empty())
	b.wantReceived(t)
	if dead := o.Dead(); len(dead) != 1 || dead[0].ID != "Id-1" || dead[0].Death.Error == "" {
		t.Errorf("got dead letters %+v, want Id-1 with its error", dead)
	}
	b.Service.Fail(None, 0)
	second := &Outbox{}
	notices[0].Created = time.Now().Add(-240 * time.Hour) // how old it is counts by what has been tried, not by a clock
	second.Put(notices...)
	b.run(t, second, time.Hour)
	wait(t, second.Empty())
	b.wantReceived(t, payloads...)
}
