package transport

import (
	"context"
	"errors"
	"net"
	"testing"

	"timbre"
)

func TestRunNeedsListen(t *testing.T) {
	s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, ok)
	if err := s.Run(t.Context()); timbre.KindOf(err) != timbre.Internal || s.Addr("udp").IsValid() {
		t.Errorf("got %v at %v, want an error of kind Internal", err, s.Addr("udp"))
	}
}

func TestRunEndsWithItsContextOrClose(t *testing.T) {
	for name, end := range map[string]func(*Stack, context.CancelFunc){
		"context": func(_ *Stack, cancel context.CancelFunc) { cancel() },
		"close":   func(s *Stack, _ context.CancelFunc) { _ = s.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}}, ok)
			if _, err := s.Listen(); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- s.Run(ctx) }()
			if got := ask(t, dial(t, s, "udp"), "OPTIONS"); got != "SIP/2.0 200 OK" {
				t.Errorf("got %q, want 200", got)
			}
			end(s, cancel)
			if err := <-done; err != nil {
				t.Errorf("got %v, want nil", err)
			}
		})
	}
}

func TestAFailedListenerEndsRun(t *testing.T) {
	for i, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0"}}, ok)
			done := run(t, s)
			for _, network := range []string{"udp", "tcp"} { // it serves
				ask(t, dial(t, s, network), "OPTIONS")
			}
			s.listeners[i].close()
			if err := <-done; timbre.KindOf(err) != timbre.Unavailable || !errors.Is(err, net.ErrClosed) {
				t.Errorf("got %v, want a closed socket of kind Unavailable", err)
			}
		})
	}
}
