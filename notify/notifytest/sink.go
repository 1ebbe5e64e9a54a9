package notifytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

func delivers(t *testing.T, b Backend) {
	n := b.notice("Id-1")
	n.Payload = []byte(`{"id":"Id-1","text":"<a b=\"c\">&\\ Zürich 東京 \u2028","number":1.50}`)
	if err := b.Sink.Send(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	b.wantReceived(t, string(n.Payload))
}

// refused checks that a refusal is an error at once: retrying is the dispatcher's.
func refused(t *testing.T, b Backend, f Fault) {
	b.Service.Fail(f, -1)
	err := b.Sink.Send(t.Context(), b.notice("Id-1"))
	b.wantError(t, err, b.Target)
	if got := b.Service.Requests(); got != 1 {
		t.Errorf("got %d requests, want 1", got)
	}
	b.wantReceived(t)
	b.works(t)
}

func slow(t *testing.T, b Backend) {
	b.Service.Fail(Hang, -1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-b.Service.Hanging()
		cancel()
	}()
	err := b.Sink.Send(ctx, b.notice("Id-1"))
	b.wantError(t, err, b.Target)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error of the context", err)
	}
	b.works(t)
}

func dropped(t *testing.T, b Backend) {
	b.Service.Fail(Drop, -1)
	b.wantError(t, b.Sink.Send(t.Context(), b.notice("Id-1")), b.Target)
	b.works(t)
}

func unknown(t *testing.T, b Backend) {
	n := b.notice("Id-1")
	n.Target = b.Unknown
	b.wantError(t, b.Sink.Send(t.Context(), n), b.Unknown)
	b.wantReceived(t)
	b.works(t)
}

func tooLarge(t *testing.T, b Backend) {
	n := b.notice("Id-1")
	n.Payload = fmt.Appendf(nil, `{"id":"%s"}`, strings.Repeat("x", b.MaxPayload))
	b.wantError(t, b.Sink.Send(t.Context(), n), b.Target)
	b.wantReceived(t)
	b.works(t)
}

func concurrent(t *testing.T, b Backend) {
	var all sync.WaitGroup
	var want []string
	for i := range 16 {
		n := b.notice(fmt.Sprintf("Id-%02d", i))
		want = append(want, string(n.Payload))
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
