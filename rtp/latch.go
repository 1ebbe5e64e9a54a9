package rtp

import (
	"net/netip"

	"timbre"
)

// previousSourceLimit is how many packets the source from before a re-INVITE may send until it counts as the source again.
const previousSourceLimit = 50

// latch decides from which address a stream takes packets. The first packet from an allowed host fixes the port; then only
// that source is taken, until the signalling names another remote address. The signalled address itself is always allowed.
type latch struct {
	remote          netip.AddrPort
	source          netip.Addr
	any             bool
	fixed           netip.AddrPort // the source; while open, the previous one
	open            bool           // another source may still replace it
	previousPackets int            // packets of the previous source while open
}

// signal applies a negotiation. A new remote address opens the latch; packets in flight from the previous source are still
// taken.
func (l *latch) signal(s timbre.Media) {
	remote := unmapped(s.Remote)
	if remote != l.remote || !l.fixed.IsValid() {
		l.open, l.previousPackets = true, 0
	}
	l.remote, l.source, l.any = remote, s.Source.Unmap(), s.LatchAny
}

// allows reports whether packets from an address are taken.
func (l *latch) allows(from netip.AddrPort) bool {
	if from == l.fixed || from == l.remote {
		return true
	}
	return l.open && (l.any || from.Addr() == l.remote.Addr() || from.Addr() == l.source)
}

// fix makes an allowed address the source.
func (l *latch) fix(from netip.AddrPort) {
	if from == l.fixed && from != l.remote && l.open {
		if l.previousPackets++; l.previousPackets < previousSourceLimit {
			return
		}
	}
	l.fixed, l.open = from, false
}
