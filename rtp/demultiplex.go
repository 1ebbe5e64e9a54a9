package rtp

import (
	"bytes"
	"net/netip"
)

// handleDTLS takes a datagram that is a DTLS record (RFC 7983).
func (s *Stream) handleDTLS(port int, b []byte, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, d := s.associations[port], s.media.DTLS
	clientRandom, answer := parseHandshake(b)
	switch {
	case !s.allowsOn(port, from):
		s.drop(UnknownSource, from.String())
	case d == nil || !s.usesPort(port):
		s.drop(Malformed, from.String())
	case s.closing: // a close_notify
	case clientRandom != nil && !d.Active && (a == nil || a.restartedBy(clientRandom)):
		s.startAssociation(port, from, clientRandom)
		if a = s.associations[port]; a != nil {
			a.transport.deliver(b)
		}
	case a == nil:
		s.drop(OutOfSequence, from.String())
	case from != *a.transport.peer.Load() && (!a.movable() || !answer):
		s.drop(UnknownSource, from.String())
	default:
		a.transport.peer.Store(&from)
		a.transport.deliver(b)
	}
}

// allowsOn reports whether a datagram from an address is taken on a port.
func (s *Stream) allowsOn(port int, from netip.AddrPort) bool {
	return s.latch.allows(from) || port == onControl && s.allowsControlFrom(from)
}

// restartedBy reports whether a ClientHello is the first of another handshake than the one that has ended.
func (a *association) restartedBy(clientRandom []byte) bool {
	return a.done && !bytes.Equal(clientRandom, a.clientRandom)
}

// movable reports whether the peer may answer from another address: while it has not answered our ClientHello.
func (a *association) movable() bool { return a.params.Active && !a.done }

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
	return s.media.DTLS != nil && (a == nil && s.crypto[onMedia] == nil || a != nil && !a.done)
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
