package rtp

import (
	"bytes"
	"encoding/binary"
	"net/netip"
)

// early is a packet that came before the handshake was over.
type early struct {
	b    []byte
	from netip.AddrPort
}

// mostEarly is how many of them are kept.
const mostEarly = 25

// unseal opens a sealed packet, or keeps it for a key that is on its way. The caller is the receiving goroutine and holds mu.
func (s *Stream) unseal(b []byte, from netip.AddrPort) ([]byte, bool) {
	plain, why, ok := s.envelopes[onMedia].open(b, binary.BigEndian.Uint32(b[8:]))
	switch {
	case ok:
	case why == Unauthentic && s.pending() && len(s.early) < mostEarly:
		s.early = append(s.early, early{bytes.Clone(b), from})
	default:
		s.drop(why, from.String())
	}
	return plain, ok
}

// belated takes what came before its key, as soon as that is there.
func (s *Stream) belated() {
	if len(s.early) == 0 {
		return
	}
	s.mu.Lock()
	ready := !s.pending()
	s.mu.Unlock()
	if waiting := s.early; ready {
		s.early = nil
		for _, e := range waiting {
			s.takePacket(e.b, e.from)
		}
	}
}
