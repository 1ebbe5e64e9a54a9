package rtp

import (
	"net/netip"

	"timbre"
)

// patience is how many packets the source from before a re-INVITE may send until it counts as the source from then on.
const patience = 50

// latch says whose packets are a stream's. The first packet from an allowed host fixes the port; then only that source is
// heard, until the signalling names another remote address. The signalled address itself is always right.
type latch struct {
	remote netip.AddrPort
	source netip.Addr
	any    bool
	fixed  netip.AddrPort // the source; from before, while open
	open   bool           // another source may still take its place
	grace  int            // packets of the source from before that have come since
}

// signal takes what the signalling says. A new remote address opens the latch; packets still on their way from the source
// before are heard meanwhile.
func (l *latch) signal(s timbre.Media) {
	remote := plain(s.Remote)
	if remote != l.remote || !l.fixed.IsValid() {
		l.open, l.grace = true, 0
	}
	l.remote, l.source, l.any = remote, s.Source.Unmap(), s.LatchAny
}

// allows says whether a packet from an address may be heard.
func (l *latch) allows(from netip.AddrPort) bool {
	if from == l.fixed || from == l.remote {
		return true
	}
	return l.open && (l.any || from.Addr() == l.remote.Addr() || from.Addr() == l.source)
}

// fix makes an address that is allowed the source.
func (l *latch) fix(from netip.AddrPort) {
	if from == l.fixed && from != l.remote && l.open {
		if l.grace++; l.grace < patience {
			return
		}
	}
	l.fixed, l.open = from, false
}
