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
	Service Peer
	Target  string // accepted by the service
	Unknown string // a target of the same kind that names nothing
	// Payload makes an event of a JSON object for a service that takes only events apart; nil: every object will do. Received returns
	// the object.
	Payload func(object string) []byte
	// Received returns the payloads that the service has accepted, in order.
	Received   func() []string
	MaxPayload int      // bytes of the largest payload that the service accepts
	Secrets    []string // that no error may contain
	// Kinds are those of the failures of a promise, by its name, where they are others than in the table of Run.
	Kinds map[string]notify.FailureKind
}

// Peer is what stands behind a sink and fails on request: a Service, or one that speaks another protocol than HTTP.
type Peer interface {
	// Fail lets the next requests fail: count of them, or all if count is negative.
	Fail(f Fault, count int)
	// Requests returns how many requests have been received.
	Requests() int
	// Hanging receives a value when a request hangs.
	Hanging() <-chan struct{}
	// Vanish makes the peer deaf on all connections there are.
	Vanish()
	// Stop stops the peer: it can no longer be reached.
	Stop()
}

// Run runs the suite. open returns a new backend without faults.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, promise := range []struct {
		name string
		kind notify.FailureKind // of its failures
		test func(t *testing.T, b Backend, kind notify.FailureKind)
	}{
		{name: "delivers the payload unchanged", test: delivers},
		{"refused for ever", notify.Refused, refused(RefusedForever)},
		{"refused for now", notify.ForNow, refused(RefusedForNow)},
		{"bad credentials", notify.ForNow, refused(BadCredentials)},
		{"slow service", notify.ForNow, slow},
		{"half-open connection", notify.ForNow, halfOpen},
		{"connection dropped", notify.ForNow, dropped},
		{"unreachable", notify.ForNow, unreachable},
		{"unknown target", notify.Refused, unknown},
		{"payload too large", notify.Refused, tooLarge},
		{name: "concurrent", test: concurrent},
		{name: "batches", test: batches},
		{name: "dispatcher keeps the order of a key", test: keepsOrder},
		{name: "dispatcher repeats what may not have arrived", test: repeats},
		{name: "dispatcher keeps what is refused for ever as a dead letter", test: buries},
	} {
		t.Run(promise.name, func(t *testing.T) {
			b := open(t)
			kind, another := b.Kinds[promise.name]
			if !another {
				kind = promise.kind
			}
			promise.test(t, b, kind)
		})
	}
}

func (b Backend) notice(id string) timbre.Notice {
	return timbre.Notice{ID: id, Key: "key", Target: b.Target, Payload: b.payload(object(id)), Created: time.Now()}
}

func object(id string) string { return fmt.Sprintf(`{"id":%q}`, id) }

func (b Backend) payload(object string) []byte {
	if b.Payload == nil {
		return []byte(object)
	}
	return b.Payload(object)
}

// large is a payload that no service takes.
func (b Backend) large() []byte {
	return b.payload(`{"id":"` + strings.Repeat("x", b.MaxPayload) + `"}`)
}

func (b Backend) wantReceived(t *testing.T, want ...string) {
	t.Helper()
	if got := b.Received(); !slices.Equal(got, want) {
		t.Errorf("got payloads %q, want %q", got, want)
	}
}

// wantFailure checks what holds for every error: it has the kind, it names the target, and it contains no secret.
func (b Backend) wantFailure(t *testing.T, err error, target string, kind notify.FailureKind) {
	t.Helper()
	if err == nil {
		t.Error("got no error, want one")
		return
	}
	if got := notify.FailureOf(err).Kind; got != kind {
		t.Errorf("got error %q of kind %d, want kind %d", err, got, kind)
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
