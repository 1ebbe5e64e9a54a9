package rtp

import (
	"net/netip"
	"time"
)

// unproven is how many packets a second a host gets that has sent nothing yet. It has to get some: one side of a call may have
// nothing to say, and one that is called hears before it speaks. But a description may name a host that knows nothing of it, so
// that it gets no more than the packets of one voice.
const unproven = 100

// pace counts what such a host gets: the time until which it has had its share.
type pace struct{ busy time.Time }

// take says whether one more packet may go now, and counts it.
func (p *pace) take(now time.Time) bool {
	const share = time.Second / unproven
	if p.busy.Before(now) {
		p.busy = now
	}
	if p.busy.Sub(now) > time.Second-share {
		return false
	}
	p.busy = p.busy.Add(share)
	return true
}

// may says whether a packet may be sent on to an address of the peer. The caller holds mu.
func (s *Stream) may(to netip.AddrPort) bool {
	if !to.IsValid() {
		return false
	}
	if to.Addr() == s.latch.fixed.Addr() || to.Addr() == s.reporter || s.pace.take(s.pool.now()) {
		return true
	}
	s.pool.metrics.unproven.Inc()
	return false
}
