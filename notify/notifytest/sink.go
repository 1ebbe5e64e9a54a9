package notifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"timbre/notify"
)

func delivers(t *testing.T, b Backend, _ notify.FailureKind) {
	n := b.notice("Id-1")
	const text = `{"id":"Id-1","text":"<a b=\"c\">&\\ Zürich 東京 \u2028","number":1.50}`
	n.Payload = b.payload(text)
	if err := b.Sink.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	b.wantReceived(t, text)
}

// refused checks that a refusal is an error at once: retrying is the dispatcher's.
func refused(f Fault) func(t *testing.T, b Backend, kind notify.FailureKind) {
	return func(t *testing.T, b Backend, kind notify.FailureKind) {
		b.Service.Fail(f, -1)
		err := b.Sink.Send(t.Context(), b.notice("Id-1"))
		b.wantFailure(t, err, b.Target, kind)
		if got := b.Service.Requests(); got != 1 {
			t.Errorf("got %d requests, want 1", got)
		}
		b.wantReceived(t)
		b.works(t)
	}
}

func slow(t *testing.T, b Backend, kind notify.FailureKind) {
	b.Service.Fail(Hang, -1)
	b.wantGivenUp(t, kind)
}

// halfOpen checks that a connection whose peer has vanished without a word costs one attempt, and not the next ones.
func halfOpen(t *testing.T, b Backend, kind notify.FailureKind) {
	b.works(t)
	b.Service.Vanish()
	b.wantGivenUp(t, kind)
}

// wantGivenUp checks that an attempt without an answer ends with its context.
func (b Backend) wantGivenUp(t *testing.T, kind notify.FailureKind) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-b.Service.Hanging()
		cancel()
	}()
	err := b.Sink.Send(ctx, b.notice("Id-1"))
	b.wantFailure(t, err, b.Target, kind)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error of the context", err)
	}
	b.works(t)
}

func dropped(t *testing.T, b Backend, kind notify.FailureKind) {
	b.Service.Fail(Drop, -1)
	b.wantFailure(t, b.Sink.Send(t.Context(), b.notice("Id-1")), b.Target, kind)
	b.works(t)
}

func unreachable(t *testing.T, b Backend, kind notify.FailureKind) {
	b.Service.Stop()
	b.wantFailure(t, b.Sink.Send(t.Context(), b.notice("Id-1")), b.Target, kind)
}

func unknown(t *testing.T, b Backend, kind notify.FailureKind) {
	n := b.notice("Id-1")
	n.Target = b.Unknown
	b.wantFailure(t, b.Sink.Send(t.Context(), n), b.Unknown, kind)
	b.wantReceived(t)
	b.works(t)
}

func tooLarge(t *testing.T, b Backend, kind notify.FailureKind) {
	n := b.notice("Id-1")
	n.Payload = b.large()
	b.wantFailure(t, b.Sink.Send(t.Context(), n), b.Target, kind)
	b.wantReceived(t)
	b.works(t)
}

func concurrent(t *testing.T, b Backend, _ notify.FailureKind) {
	var all sync.WaitGroup
	var want []string
	for i := range 16 {
		n := b.notice(fmt.Sprintf("Id-%02d", i))
		want = append(want, object(n.ID))
		all.Go(func() {
			if err := b.Sink.Send(t.Context(), n); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := slices.Sorted(slices.Values(b.Received())); !slices.Equal(got, want) {
		t.Errorf("got payloads %q, want %q", got, want)
	}
}
