package nats_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/nats"
	"timbre/notify/nats/natstest"
)

const calls = "arn:timbre:nats:us-east-1:000000000000:events.calls"

// received returns the messages of the stream with their subjects.
func received(t *testing.T, n natstest.System) (all []string) {
	t.Helper()
	for _, m := range n.Received(t) {
		all = append(all, m.Subject+" "+string(m.Data))
	}
	return all
}

func open(t testing.TB, cfg nats.Config) *nats.Sink {
	t.Helper()
	s := nats.New(environment.Environment{}, cfg)
	t.Cleanup(s.Close)
	return s
}

func notice(id string) timbre.Notice {
	return timbre.Notice{ID: id, Key: "task", Target: calls, Payload: fmt.Appendf(nil, `{"id":%q}`, id)}
}

// A notice that is sent again is in the stream once, and one with two subjects of a stream under each.
func TestRepeatedNoticeIsStoredOnceASubject(t *testing.T) {
	n := natstest.Serve(t, nil)
	s := open(t, nats.Config{URL: n.ClientURL()})
	other := notice("Id-1")
	other.Target = strings.Replace(calls, "calls", "other", 1)
	for _, one := range []timbre.Notice{notice("Id-1"), notice("Id-1"), other, notice("Id-2")} {
		if err := s.Send(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{`events.calls {"id":"Id-1"}`, `events.other {"id":"Id-1"}`, `events.calls {"id":"Id-2"}`}
	if got := received(t, n); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFailuresHaveTheirKinds(t *testing.T) {
	for name, c := range map[string]struct {
		target, payload string
		stream          jetstream.StreamConfig
		want            notify.FailureKind
	}{
		"subject of no stream":   {"nobody.calls", `{}`, jetstream.StreamConfig{}, notify.Refused},
		"larger than the stream": {"events.calls", `{"long":"event"}`, jetstream.StreamConfig{MaxMsgSize: 4}, notify.Refused},
		"larger than the server": {"events.calls", strings.Repeat("x", 2<<20), jetstream.StreamConfig{}, notify.Refused},
		"stream that is full":    {"events.calls", `{}`, jetstream.StreamConfig{MaxBytes: 1, Discard: jetstream.DiscardNew}, notify.ForNow},
	} {
		t.Run(name, func(t *testing.T) {
			n := natstest.Serve(t, nil)
			n.Stream(t, c.stream)
			one := notice("Id-1")
			one.Target, one.Payload = "arn:timbre:nats:us-east-1:000000000000:"+c.target, []byte(c.payload)
			err := open(t, nats.Config{URL: n.ClientURL()}).Send(t.Context(), one)
			if got := notify.FailureOf(err).Kind; err == nil || got != c.want || !strings.Contains(err.Error(), c.target) {
				t.Errorf("got %v of kind %d, want kind %d and the subject", err, got, c.want)
			}
		})
	}
}

// A server that is down, and then up again at the same place, costs the attempts meanwhile.
func TestServerThatIsDownIsAFailureForNow(t *testing.T) {
	n := natstest.Serve(t, nil)
	s := open(t, nats.Config{URL: n.ClientURL()})
	if err := s.Send(t.Context(), notice("Id-1")); err != nil {
		t.Fatal(err)
	}
	n.Shutdown()
	n.WaitForShutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Send(ctx, notice("Id-2")); err == nil || notify.FailureOf(err).Kind != notify.ForNow {
		t.Errorf("got %v, want a failure for now", err)
	}
}

func TestCredentials(t *testing.T) {
	n := natstest.Serve(t, func(o *server.Options) { o.Username, o.Password = "timbre", "hidden" })
	if err := open(t, nats.Config{URL: n.ClientURL(), User: "timbre", Password: "hidden"}).Send(t.Context(), notice("Id-1")); err != nil {
		t.Errorf("got %v, want no error", err)
	}
	err := open(t, nats.Config{URL: n.ClientURL(), User: "timbre", Password: "hidden-wrong"}).Send(t.Context(), notice("Id-2"))
	if err == nil || notify.FailureOf(err).Kind != notify.ForNow || strings.Contains(err.Error(), "hidden") || !strings.Contains(strings.ToLower(err.Error()), "authorization") {
		t.Errorf("got %v, want a failure for now that says authorization, without the password", err)
	}
}

// A file of credentials is read at each connection: one that is missing, or is mended, needs no restart.
func TestMissingFileOfCredentialsIsNamed(t *testing.T) {
	n := natstest.Serve(t, nil)
	err := open(t, nats.Config{URL: n.ClientURL(), Credentials: "/nowhere/timbre.creds"}).Send(t.Context(), notice("Id-1"))
	if err != nil && notify.FailureOf(err).Kind == notify.ForNow && strings.Contains(err.Error(), "timbre.creds") {
		return
	}
	t.Errorf("got %v, want a failure for now that names the file", err)
}

func TestAttemptEndsWithItsContext(t *testing.T) {
	n := natstest.Serve(t, nil)
	s := open(t, nats.Config{URL: n.ClientURL()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, notice("Id-1")); !errors.Is(err, context.Canceled) || notify.FailureOf(err).Kind != notify.ForNow {
		t.Errorf("got %v, want the end of the context, for now", err)
	}
}

func TestCheckRefusesNamesOfNoSubject(t *testing.T) {
	s := open(t, nats.Config{URL: "nats://127.0.0.1:1"})
	for name, want := range map[string]bool{"calls": true, "a.b-c.d_e": true, "": false, "a..b": false, "a.*": false, ">": false, ".a": false, "a b": false} {
		if err := s.Check("arn:timbre:nats:us-east-1:000000000000:" + name); (err == nil) != want {
			t.Errorf("%q: got %v, want accepted %t", name, err, want)
		}
	}
}
