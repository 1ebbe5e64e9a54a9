package rtp

import "net/netip"

// handleDTLS takes a datagram that is a DTLS record (RFC 7983).
func (s *Stream) handleDTLS(port int, b []byte, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.allowsOn(port, from):
		s.drop(UnknownSource, from.String())
	case s.media.DTLS == nil || !s.usesPort(port):
		s.drop(Malformed, from.String())
	case s.closing: // a close_notify
	default:
		c, why := s.candidateFor(port, b, from)
		if c == nil {
			s.drop(why, from.String())
			return
		}
		c.heard = true
		c.transport.deliver(b)
	}
}

// candidateFor returns the handshake that a record belongs to, or the reason why there is none. The caller holds mu.
func (s *Stream) candidateFor(port int, b []byte, from netip.AddrPort) (*candidate, Reason) {
	a, d := s.associations[port], s.media.DTLS
	clientRandom, answer := parseHandshake(b)
	if a != nil {
		if c := a.at(from, clientRandom); c != nil {
			return c, 0
		}
	}
	switch {
	case clientRandom != nil && !d.Active:
		if a == nil {
			a = s.startAssociation(port, s.signalled()[port])
		}
		if a.makeRoom(from) {
			a.begin(from, clientRandom)
			return a.candidates[from], OutOfSequence
		}
	case a == nil:
		return nil, OutOfSequence
	case d.Active && answer:
		return a.follow(from), UnknownSource
	}
	return nil, UnknownSource
}

// allowsOn reports whether a datagram from an address is taken on a port.
func (s *Stream) allowsOn(port int, from netip.AddrPort) bool {
	return s.latch.allows(from) || port == onControl && s.allowsControlFrom(from)
}

// parseHandshake recognises the first messages of a handshake: it returns the random of a ClientHello, or whether the record is
// the server's answer to one.
func parseHandshake(b []byte) (hello []byte, answer bool) {
	const record, message, version, length = 13, 12, 2, 32
	if len(b) < record+message || b[0] != 22 || b[3] != 0 || b[4] != 0 {
		return nil, false
	}
	if at := record + message + version; b[record] == 1 && len(b) >= at+length {
		hello = b[at : at+length]
	}
	return hello, b[record] == 2 || b[record] == 3
}

// awaitsKey reports whether a handshake may still give a key for the media. The caller holds mu.
func (s *Stream) awaitsKey() bool {
	a := s.associations[onMedia]
	return s.media.DTLS != nil && (a == nil && s.crypto[onMedia] == nil || a != nil && a.trying())
}

// isDTLS reports whether a datagram is a DTLS record (RFC 7983).
func isDTLS(b []byte) bool { return len(b) > 0 && b[0] >= 20 && b[0] <= 63 }

// isSTUN reports whether a datagram is a STUN message (RFC 7983, RFC 8489).
func isSTUN(b []byte) bool { return len(b) >= 20 && b[0] <= 3 && string(b[4:8]) == "\x21\x12\xA4\x42" }

// ignore counts a datagram that is not for the stream.
func (s *Stream) ignore(why Reason, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(why, from.String())
}
