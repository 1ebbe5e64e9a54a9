// Package notifytest is the suite that every sink must pass, with the means to run it: a service that fails on request and an
// outbox in memory. A sink comes in, with a fake of the service behind it; the verdict of go test comes out, one name for each
// promise of notify.Sink and for those of the dispatcher with that sink.
package notifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/notify"
)

// Backend is a sink and the fake service behind it.
type Backend struct {
	Sink    notify.Sink
	Service *Service
	Target  string // accepted by the service
	Unknown string // a target of the same kind that names nothing
	// Received returns the payloads that the service has accepted, in order.
	Received   func() []string
	MaxPayload int      // bytes of the largest payload that the service accepts
	Secrets    []string // that no error may contain
}

// Run runs the suite. open returns a new backend without faults.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, promise := range []struct {
		name string
		test func(t *testing.T, b Backend)
	}{
		{"delivers the payload unchanged", delivers},
		{"refused for ever", func(t *testing.T, b Backend) { refused(t, b, RefusedForever) }},
		{"refused for now", func(t *testing.T, b Backend) { refused(t, b, RefusedForNow) }},
		{"bad credentials", func(t *testing.T, b Backend) { refused(t, b, BadCredentials) }},
		{"slow service", slow},
		{"connection dropped", dropped},
		{"unknown target", unknown},
		{"payload too large", tooLarge},
		{"concurrent", concurrent},
		{"dispatcher keeps the order of a key", keepsOrder},
		{"dispatcher repeats what may not have arrived", repeats},
		{"dispatcher drops what has expired", expires},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.test(t, open(t)) })
	}
}

func (b Backend) notice(id string) timbre.Notice {
	return timbre.Notice{ID: id, Key: "key", Target: b.Target, Payload: fmt.Appendf(nil, `{"id":%q}`, id), Created: time.Now()}
}

func (b Backend) wantReceived(t *testing.T, want ...string) {
	t.Helper()
	if got := b.Received(); !slices.Equal(got, want) {
		t.Errorf("got payloads %q, want %q", got, want)
	}
}

// wantError checks what holds for every error: it names the target and contains no secret.
func (b Backend) wantError(t *testing.T, err error, target string) {
	t.Helper()
	if err == nil {
		t.Error("got no error, want one")
		return
	}
	if name := target[strings.LastIndexAny(target, ":/")+1:]; !strings.Contains(err.Error(), name) {
		t.Errorf("got error %q, want the name %s in it", err, name)
	}
	for _, s := range b.Secrets {
		if strings.Contains(err.Error(), s) {
			t.Errorf("got error %q, want it without the secret %s", err, s)
		}
	}
}

// works checks that a failure has no effect on the next attempt.
func (b Backend) works(t *testing.T) {
	t.Helper()
	b.Service.Fail(None, 0)
	before := len(b.Received())
	if err := b.Sink.Send(t.Context(), b.notice("Id-next")); err != nil {
		t.Errorf("next attempt: got %v, want no error", err)
	}
	if got := len(b.Received()) - before; got != 1 {
		t.Errorf("next attempt: got %d payloads, want 1", got)
	}
}
