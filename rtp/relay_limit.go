package rtp

import (
	"net/netip"

	"golang.org/x/time/rate"
)

// unverifiedRate is how many packets a second are relayed to a host that has sent nothing yet. It needs some: one side of a call
// may be silent, and the callee hears before it speaks. But an SDP may name a host that is not part of the call, which must
// not be flooded, so that it gets no more than one voice has.
const unverifiedRate = 100

// newRelayLimiter limits what such a host gets.
func newRelayLimiter() *rate.Limiter { return rate.NewLimiter(unverifiedRate, unverifiedRate) }

// mayRelayTo reports whether a packet may be sent to an address of the peer, and counts it. The caller holds mu.
func (s *Stream) mayRelayTo(to netip.AddrPort) bool {
	if !to.IsValid() {
		return false
	}
	if to.Addr() == s.latch.fixed.Addr() || to.Addr() == s.controlHost || s.relayLimit.AllowN(s.pool.env.Steady(), 1) {
		return true
	}
	s.pool.metrics.rateLimited.Inc()
	return false
}
