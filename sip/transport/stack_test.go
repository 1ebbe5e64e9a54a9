package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

func TestNewRejectsWhatCannotListen(t *testing.T) {
	for _, address := range []string{"", "127.0.0.1:5060", "tls://127.0.0.1:5061", "udp://127.0.0.1", "udp://127.0.0.1:5060/x", "udp://a b:1"} {
		_, err := New(environment.Environment{}, Config{Listen: []string{address}}, Deps{Sources: &verdicts{}})
		if got := timbre.KindOf(err); got != timbre.Invalid {
			t.Errorf("got %v for %q, want kind Invalid", err, address)
		}
	}
}

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

func TestAPanicIsAnsweredWith500(t *testing.T) {
	s, _ := newStack(t, Config{}, func(*gosip.Request, gosip.ServerTransaction) { panic("sip:+12065550100@secret") })
	tx := &transaction{}
	s.Serve(request(t, text("INVITE", "127.0.0.1:5099")), tx)
	if len(tx.responses) != 1 || tx.responses[0].StatusCode != gosip.StatusInternalServerError || strings.Contains(tx.responses[0].String(), "secret") {
		t.Errorf("got %v, want a 500 that says nothing of the panic", tx.responses)
	}
	if n := s.InFlight(); n != 0 {
		t.Errorf("got %d in flight, want 0", n)
	}
	done := make(chan bool)
	s.Do(func() { defer close(done); panic("x") })
	<-done
}

func TestCloseWaitsForHandlersAndTakesNoMore(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	s, _ := newStack(t, Config{}, func(*gosip.Request, gosip.ServerTransaction) { close(begun); <-finish })
	go s.Serve(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{})
	<-begun
	closed := make(chan bool)
	go func() { _ = s.Close(); close(closed) }()
	<-s.closed
	select {
	case <-closed:
		t.Fatal("closed while a handler is in flight")
	default:
	}
	close(finish)
	<-closed
	s.Serve(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{}) // a second close of begun would panic
	if s.Do(func() {}) {
		t.Error("got work accepted after Close")
	}
}

func TestWhereRequestsGoIsKnown(t *testing.T) {
	s, v := newStack(t, Config{}, ok)
	req := request(t, text("BYE", "127.0.0.1:5099"))
	req.SetDestination("203.0.113.9:5060")
	s.called(req)
	if want := netip.MustParseAddr("203.0.113.9"); len(v.proven) != 1 || v.proven[0] != want {
		t.Errorf("got %v known, want %v", v.proven, want)
	}
}

func TestSuspiciousRefusalsCountAgainstTheSource(t *testing.T) {
	for reason, want := range map[string]int{"forbidden": 1, "method": 1, "no_dialog": 0, "unavailable": 0} {
		t.Run(reason, func(t *testing.T) {
			s, v := newStack(t, Config{}, ok)
			s.Refuse(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{}, Refuse(403, reason, "x"))
			if len(v.failed) != want {
				t.Errorf("got %d failures, want %d", len(v.failed), want)
			}
		})
	}
}

func TestARefusedInviteOfAnUnknownSourceIsAnsweredOnce(t *testing.T) {
	for _, unknown := range []bool{true, false} {
		s, v := newStack(t, Config{}, ok)
		v.unknown = unknown
		tx := &transaction{}
		s.Refuse(request(t, text("INVITE", "127.0.0.1:5099")), tx, Refuse(403, "forbidden", "x"))
		if len(tx.responses) != 1 || (tx.terminated == 1) != unknown {
			t.Errorf("unknown %v: got %d responses, terminated %d times", unknown, len(tx.responses), tx.terminated)
		}
	}
}

func TestTheStackReleasesSources(t *testing.T) {
	s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, ok)
	for _, l := range s.listeners {
		l.maxSources, l.linger = 3, 100*time.Millisecond // a response takes less
	}
	done := run(t, s)
	first := dial(t, s, "udp")
	ask(t, first, "OPTIONS")
	for range 20 {
		conn := dial(t, s, "udp")
		if got := ask(t, conn, "OPTIONS"); got != "SIP/2.0 200 OK" {
			t.Fatalf("got %q, want 200", got)
		}
	}
	if got := ask(t, first, "BYE"); got != "SIP/2.0 200 OK" {
		t.Errorf("got %q for a source that the stack has released, want 200", got)
	}
	if n := s.pooledSources(); n > 3 {
		t.Errorf("got %v sources of one reader, want at most 3", n)
	}
	pool := s.ua.TransportLayer().Pool("udp")
	for until := time.Now().Add(timeout); pool.Size() > 3+1; runtime.Gosched() { // and the socket's own
		if time.Now().After(until) {
			t.Fatalf("got %d sources in the stack, want at most 4", pool.Size())
		}
	}
	_ = s.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestReadersHandOverWithoutAGap(t *testing.T) {
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(socket, 1)
	r.note(&net.UDPAddr{Port: 1})
	ended := make(chan error)
	go func() {
		_, _, err := r.ReadFrom(nil)
		ended <- err
	}()
	<-r.begun
	<-r.full
	select {
	case err := <-ended:
		t.Fatalf("got %v before the reader may end", err)
	default:
	}
	close(r.ending)
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want a closed socket", err)
	}
	_ = socket.Close()
}

func TestAUDPSocketHasALargeBuffer(t *testing.T) {
	s, _ := newStack(t, Config{Listen: []string{"udp://127.0.0.1:0"}}, ok)
	if _, err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	got := receiveBuffer(s.listeners[0].packets)
	if got < 100000 || testutil.ToFloat64(s.metrics.buffer) != float64(got) {
		t.Errorf("got a buffer of %d bytes, and %v as the metric", got, testutil.ToFloat64(s.metrics.buffer))
	}
}
