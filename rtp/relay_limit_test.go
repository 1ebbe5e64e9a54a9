package rtp

import (
	"testing"
	"time"

	"timbre"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// An SDP may name a victim, which gets no more packets than one voice has. A host that has sent something gets all.
func TestRelayToUnverifiedHostIsLimited(t *testing.T) {
	p, now := pool(t, 50), time.Unix(1000, 0)
	p.env.Steady = func() time.Time { return now }
	s := p.stream(timbre.Media{Remote: addr("10.0.0.1:4000")}, &recorder{})
	sent := func(n int, to string) (sent int) {
		for range n {
			if s.mayRelayTo(addr(to)) {
				sent++
			}
		}
		return sent
	}
	if got := sent(1000, "10.0.0.1:4000"); got != unverifiedRate || testutil.ToFloat64(p.metrics.rateLimited) != 1000-unverifiedRate {
		t.Errorf("got %d of 1000 packets and %v limited, want %d and %d", got, testutil.ToFloat64(p.metrics.rateLimited), unverifiedRate, 1000-unverifiedRate)
	}
	steady := 0
	for range 10 * unverifiedRate { // ten seconds of a voice in packets of 10 ms
		now = now.Add(time.Second / unverifiedRate)
		steady += sent(1, "10.0.0.1:4000")
	}
	if steady != 10*unverifiedRate {
		t.Errorf("got %d packets of one voice, want %d", steady, 10*unverifiedRate)
	}
	s.take(speech(), addr("10.0.0.1:4000"))
	if got := sent(1000, "10.0.0.1:4000"); got != 1000 {
		t.Errorf("got %d packets to a host that has sent, want 1000", got)
	}
	if got := sent(1000, "192.0.2.66:4000"); got >= 1000 {
		t.Errorf("got %d packets to another host, want fewer than 1000", got)
	}
}
