package rtp

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"timbre/environment"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestRangeWithoutPairIsRefused(t *testing.T) {
	for _, c := range []Config{{}, {First: 20001, Last: 20002}, {First: 30000, Last: 20000}, {First: 65535, Last: 65535}} {
		if _, err := New(environment.Environment{}, c); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("ports %d-%d: got %v, want Invalid", c.First, c.Last, err)
		}
	}
	p, err := New(environment.Environment{}, Config{First: 65533, Last: 65535})
	if err != nil || p.Free() != 1 {
		t.Errorf("got %v, %v, want a pool with 1 free pair", p, err)
	}
}

// openAll opens streams until no pair of ports is free.
func openAll(t *testing.T, p *Pool) (streams []*Stream) {
	t.Helper()
	for {
		s, err := p.open(timbre.Media{Local: loopback}, &recorder{})
		if err != nil {
			if timbre.KindOf(err) != timbre.Unavailable {
				t.Errorf("got %v, want Unavailable", err)
			}
			return streams
		}
		streams = append(streams, s)
	}
}

func TestPortsAreReusedAfterQuarantine(t *testing.T) {
	p, now := pool(t, 20), time.Unix(1000, 0)
	p.env.Steady = func() time.Time { return now }
	streams := openAll(t, p)
	if len(streams) == 0 || testutil.ToFloat64(p.metrics.exhausted) != 1 || int(testutil.ToFloat64(p.metrics.streams)) != len(streams) {
		t.Fatalf("got %d streams, want some, counted, and one refusal", len(streams))
	}
	port := streams[0].Port()
	for _, s := range streams {
		s.Close()
	}
	if p.Free() != 20 || testutil.ToFloat64(p.metrics.streams) != 0 {
		t.Errorf("got %d free pairs after closing, want 20", p.Free())
	}
	now = now.Add(quarantine - 1)
	if s, err := p.open(timbre.Media{Local: loopback}, &recorder{}); timbre.KindOf(err) != timbre.Unavailable || p.resting() != 20 {
		t.Fatalf("got port %v, %v with %d in quarantine, want Unavailable and 20", s, err, p.resting())
	}
	now = now.Add(1)
	if p.resting() != 0 {
		t.Errorf("got %d in quarantine, want 0", p.resting())
	}
	for range streams {
		s, err := p.open(timbre.Media{Local: loopback}, &recorder{})
		if err != nil {
			t.Fatal(err)
		}
		if s.Port() == port {
			return
		}
		s.Close()
	}
	t.Errorf("got no stream on port %d, want it used again", port)
}

func TestPairInUseIsSkipped(t *testing.T) {
	p := pool(t, 30)
	odd, err := net.ListenUDP("udp", &net.UDPAddr{IP: loopback.AsSlice(), Port: firstPort() + 1})
	if err != nil {
		t.Log("another program holds the port already:", err)
	} else {
		defer odd.Close()
	}
	s, err := p.open(timbre.Media{Local: loopback}, &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Port() == firstPort() || p.Free() != 29 {
		t.Errorf("got port %d and %d free, want another port and 29", s.Port(), p.Free())
	}
}

func TestPortsBelowEphemeralRangeComeFirst(t *testing.T) {
	p, err := New(environment.Environment{}, Config{First: 32764, Last: 32771})
	if err != nil {
		t.Fatal(err)
	}
	p.acquire()
	p.acquire()
	if port, ok := p.acquire(); !ok || port != 32768 {
		t.Fatalf("got third port %d, want 32768", port)
	}
	p.put(freePair{port: 32764})
	if port, ok := p.acquire(); !ok || port != 32764 {
		t.Errorf("got port %d, want the lower free port 32764", port)
	}
}

func TestStreamIsRefusedBeforeTheLastDescriptors(t *testing.T) {
	left := 3
	p, err := New(environment.Environment{}, Config{First: 32764, Last: 32771, MayOpen: func(n int) bool { left -= n; return left >= 0 }})
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.open(timbre.Media{Local: loopback}, &recorder{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	free := p.Free()
	if _, err := p.open(timbre.Media{Local: loopback}, &recorder{}); timbre.KindOf(err) != timbre.Unavailable || p.Free() != free {
		t.Errorf("got %v and %d free, want Unavailable and %d", err, p.Free(), free)
	}
}

// unreadableSocket is a media socket that cannot be read.
type unreadableSocket struct{ mediaSocket }

func (unreadableSocket) receive(handler) error { return syscall.ENOSPC }

func TestSocketThatCannotBeReadIsUnavailable(t *testing.T) {
	p := pool(t, 5)
	usual := p.adopt
	for name, adopt := range map[string]adopter{
		"not adopted": func(c *net.UDPConn) (mediaSocket, error) { return nil, errors.Join(syscall.EMFILE, c.Close()) },
		"not received": func(c *net.UDPConn) (mediaSocket, error) {
			s, err := usual(c)
			return unreadableSocket{s}, err
		},
	} {
		p.adopt = adopt
		_, err := p.open(timbre.Media{Local: loopback}, &recorder{})
		if timbre.KindOf(err) != timbre.Unavailable || p.Free() != 5 {
			t.Errorf("%s: got %v and %d free, want Unavailable and 5", name, err, p.Free())
		}
	}
}

func TestForeignLocalAddressIsUnavailable(t *testing.T) {
	p := pool(t, 5)
	_, err := p.open(timbre.Media{Local: addr("192.0.2.1:1").Addr()}, &recorder{})
	if timbre.KindOf(err) != timbre.Unavailable || p.Free() != 5 {
		t.Errorf("got %v and %d free, want Unavailable and 5", err, p.Free())
	}
}
