package rtp

import (
	"net/netip"
	"time"

	"timbre"
)

const (
	// previousSourceLimit is how many packets the source from before a re-INVITE may send until it counts as the source again.
	previousSourceLimit = 50
	// steadyPackets is how many packets in sequence make a source that no other one replaces while it sends. Fewer may be of anybody.
	steadyPackets = 5
	// settledPackets is how many packets make a source that only the signalling replaces.
	settledPackets = 250
	// maxSilence is how long a steady source that is not settled may be silent until another steady one replaces it.
	maxSilence = time.Second
)

// latch decides from which address a stream takes packets. The first packet from an allowed host fixes the port, so that no audio is lost;
// but it may be of somebody else on that host. So another allowed address that sends steadily replaces a source that does not, or that
// falls silent soon. A source that has lasted is the only one that is taken, until the signalling names another remote address. The
// signalled address itself is always allowed, and is at once the source for good.
type latch struct {
	remote          netip.AddrPort
	source          netip.Addr
	any             bool
	fixed           netip.AddrPort // the source; while open, the previous one
	open            bool           // any other allowed address replaces it
	previousPackets int            // packets of the previous source while open
	sent            sequence       // by the source
	heard           time.Time      // last from the source
	rival           netip.AddrPort // another address, which has sent last
	rivalSent       sequence
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

// allows reports whether an address is the source, or could become it at once.
func (l *latch) allows(from netip.AddrPort) bool {
	return from == l.fixed || from == l.remote || l.open && l.hosts(from)
}

// considers reports whether an address is the source, or may become it by its packets.
func (l *latch) considers(from netip.AddrPort) bool {
	return l.allows(from) || l.sent.packets < settledPackets && l.hosts(from)
}

// hosts reports whether an address is of an allowed host.
func (l *latch) hosts(from netip.AddrPort) bool {
	return l.any || from.Addr() == l.remote.Addr() || from.Addr() == l.source
}

// isSteady reports whether there is a source that has sent several packets.
func (l *latch) isSteady() bool { return !l.open && l.sent.packets >= steadyPackets }

// isCredible reports whether there is a source that may be sent something: of the SIP peer's host, or steady.
func (l *latch) isCredible() bool { return l.isSteady() || !l.open && l.fixed.Addr() == l.source }

// takes reports whether a packet from an address that the latch considers is taken, and makes the address the source if it is.
func (l *latch) takes(from netip.AddrPort, ssrc uint32, number uint16, now time.Time) bool {
	switch {
	case from == l.remote:
		l.fix(from, sequence{packets: settledPackets}, now)
	case from == l.fixed && l.open:
		if l.previousPackets++; l.previousPackets >= previousSourceLimit {
			l.fix(from, sequence{packets: previousSourceLimit}, now)
		}
	case from == l.fixed:
		l.sent.add(ssrc, number)
		if l.heard = now; l.isSteady() {
			l.rivalSent = sequence{}
		}
	case l.open:
		l.fix(from, sequence{ssrc, number, 1}, now)
	default:
		return l.yields(from, ssrc, number, now)
	}
	return true
}

// yields reports whether the source gives way to another address, which has sent a packet.
func (l *latch) yields(from netip.AddrPort, ssrc uint32, number uint16, now time.Time) bool {
	if from != l.rival {
		l.rival, l.rivalSent = from, sequence{}
	}
	l.rivalSent.add(ssrc, number)
	if l.rivalSent.packets < steadyPackets || l.isSteady() && now.Sub(l.heard) < maxSilence {
		return false
	}
	l.fix(from, l.rivalSent, now)
	return true
}

// fix makes an address the source.
func (l *latch) fix(from netip.AddrPort, sent sequence, now time.Time) {
	l.fixed, l.open, l.sent, l.heard = from, false, sent, now
	l.rival, l.rivalSent = netip.AddrPort{}, sequence{}
}

// sequence is how many packets have come in order, until they are steady; and then how many have come.
type sequence struct {
	ssrc    uint32
	number  uint16 // of the last packet
	packets int
}

// maxLost is how many packets may be missing between two that are in order.
const maxLost = 8

func (s *sequence) add(ssrc uint32, number uint16) {
	if s.packets < steadyPackets && (ssrc != s.ssrc || number-s.number > maxLost) {
		s.packets = 0
	}
	s.ssrc, s.number, s.packets = ssrc, number, s.packets+1
}
