package rtp

import (
	"net/netip"

	"timbre"
)

// The ports of a stream. Each has its own handshake and keys, unless RTCP shares the port of the media.
const (
	onMedia = iota
	onControl
	ports
)

// association is the DTLS association with the peer on one port of a stream, whose handshake gives the SRTP keys of that port. Any
// address that media may come from can begin or answer a handshake; the fingerprint that was signalled decides which of them is the
// peer, and until then none of them is in the way of another.
type association struct {
	stream     *Stream
	port       int
	params     timbre.DTLSParameters
	target     netip.AddrPort                // the signalled address when it began
	candidates map[netip.AddrPort]*candidate // handshakes that have not ended, by their address
	barred     map[netip.AddrPort]bool       // addresses that have answered our ClientHello and shown no certificate
	proven     *candidate                    // the peer; it stays, because the peer may have missed the end of the handshake
}

// applyKeys applies what was negotiated about keys. The previous ones are valid until there are others. The caller holds mu.
func (s *Stream) applyKeys() error {
	if s.media.DTLS == nil {
		s.endAssociations()
		s.crypto[onControl] = nil
	}
	switch {
	case s.media.Keys != nil:
		e, err := newCryptoContext(*s.media.Keys, s.crypto[onMedia])
		s.crypto = [ports]*cryptoContext{e, e}
		return err
	case s.media.DTLS == nil:
		s.crypto[onMedia] = nil
	default:
		s.startHandshakes()
	}
	return nil
}

// startHandshakes starts the handshakes in which we are the client, and ends those that are no longer negotiated. That of RTCP waits for that of
// the media: some peers send audio once they have any keys, unencrypted if those of the media are not there. The caller holds mu.
func (s *Stream) startHandshakes() {
	to := s.signalled()
	for port := range s.associations {
		if a := s.associations[port]; a != nil && s.outdated(a, to[port]) {
			a.end()
			s.associations[port] = nil
		} else if a != nil && !a.params.Active {
			a.target = to[port]
		}
		if s.associations[port] == nil && s.media.DTLS.Active && isReachable(to[port]) && s.usesPort(port) && (port == onMedia || !s.awaitsKey()) {
			s.startAssociation(port, to[port])
		}
	}
}

// signalled is where the signalling says that the peer is, by port. The caller holds mu.
func (s *Stream) signalled() [ports]netip.AddrPort {
	return [ports]netip.AddrPort{unmapped(s.media.Remote), s.controlAddr()}
}

// outdated reports whether an association is no longer the negotiated one, now that its peer is at to.
func (s *Stream) outdated(a *association, to netip.AddrPort) bool {
	moved := a.trying() && a.params.Active && a.target != to
	failed := !a.trying() && a.proven == nil
	return a.params != *s.media.DTLS || moved || failed || !s.usesPort(a.port)
}

// trying reports whether a handshake may still give keys.
func (a *association) trying() bool { return len(a.candidates) > 0 }

// usesPort reports whether packets are expected on a port: not on that of RTCP if it shares the port of the media.
func (s *Stream) usesPort(port int) bool { return port == onMedia || !s.media.Mux }

// isReachable reports whether a packet can be sent to an address.
func isReachable(to netip.AddrPort) bool {
	return to.Addr().IsValid() && !to.Addr().IsUnspecified() && to.Port() != 0
}

// startAssociation starts an association whose peer was signalled to be at an address. The caller holds mu.
func (s *Stream) startAssociation(port int, target netip.AddrPort) *association {
	a := &association{
		stream: s, port: port, params: *s.media.DTLS, target: target,
		candidates: map[netip.AddrPort]*candidate{}, barred: map[netip.AddrPort]bool{},
	}
	s.associations[port] = a
	if a.params.Active {
		a.begin(target, nil)
	}
	return a
}

// end ends all handshakes of an association, with a close_notify to its peer.
func (a *association) end() {
	if a.proven != nil {
		a.proven.cancel()
	}
	for _, c := range a.candidates {
		c.cancel()
	}
}

// endAssociations ends all associations. The caller holds mu.
func (s *Stream) endAssociations() {
	for port, a := range s.associations {
		if a != nil {
			a.end()
			s.associations[port] = nil
		}
	}
}
