package transport

import (
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

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
