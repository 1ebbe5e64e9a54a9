package transport

import (
	"errors"
	"net"
	"runtime"
	"testing"
	"time"
)

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
