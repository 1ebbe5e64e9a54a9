package rtp

import (
	"net"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// After a crash, the peer of a lost call sends to the port that a new call would get.
func TestPairsThatStrayPacketsReachArePassedOver(t *testing.T) {
	p := pool(t, 4)
	p.Beware(time.Hour)
	var lost []net.Conn
	for _, pair := range p.low[:2] {
		c, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: loopback.AsSlice(), Port: int(pair.port)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		lost = append(lost, c)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for {
			select {
			case <-stop:
				return
			case <-every.C:
				for _, c := range lost {
					_, _ = c.Write([]byte{0x80, 0}) // refused while no socket is open
				}
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	reached := map[int]bool{int(p.low[0].port): true, int(p.low[1].port): true}
	for range 2 {
		s, err := p.open(timbre.Media{Local: loopback}, &recorder{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if reached[s.Port()] {
			t.Errorf("got port %d, where packets of a lost call arrive", s.Port())
		}
	}
	if s, err := p.open(timbre.Media{Local: loopback}, &recorder{}); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("got %v and %v, want no pair free", s, err)
	}
	if n := testutil.ToFloat64(p.metrics.strays); n < 2 {
		t.Errorf("got %v pairs passed over, want 2", n)
	}
	if p.Free() != 2 {
		t.Errorf("got %d free pairs, want the two that were passed over", p.Free())
	}
}
