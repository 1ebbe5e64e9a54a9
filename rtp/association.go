package rtp

import (
	"bytes"
	"context"
	"net/netip"

	"timbre"
)

// The ports of a stream. Each has its own handshake and keys, unless RTCP shares the port of the media.
const (
	onMedia = iota
	onControl
	ports
)

// association is the DTLS association with the peer on one port of a stream, whose handshake gives the SRTP keys of that port.
// It stays until it is replaced or the stream is closed, because the peer may have missed the end of the handshake.
type association struct {
	stream       *Stream
	port         int
	params       timbre.DTLSParameters
	target       netip.AddrPort // the peer's address when it began
	clientRandom []byte         // of the ClientHello that began it; nil if we are the client
	transport    *dtlsTransport
	cancel       context.CancelFunc
	done         bool // the handshake has ended, successfully or not; guarded by the stream's mu
	keyed        bool // it gave keys
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

// startHandshakes starts the handshakes in which we are the client, and ends those that are no longer negotiated. The caller
// holds mu.
func (s *Stream) startHandshakes() {
	to := [ports]netip.AddrPort{unmapped(s.media.Remote), s.controlAddr()}
	for port := range s.associations {
		if a := s.associations[port]; a != nil && s.outdated(a, to[port]) {
			a.cancel()
			s.associations[port] = nil
		}
		if s.associations[port] == nil && s.media.DTLS.Active && isReachable(to[port]) && s.usesPort(port) {
			s.startAssociation(port, to[port], nil)
		}
	}
}

// outdated reports whether an association is no longer the negotiated one, now that its peer is at to.
func (s *Stream) outdated(a *association, to netip.AddrPort) bool {
	moved := !a.done && a.params.Active && a.target != to
	failed := a.done && !a.keyed
	return a.params != *s.media.DTLS || moved || failed || !s.usesPort(a.port)
}

// usesPort reports whether packets are expected on a port: not on that of RTCP if it shares the port of the media.
func (s *Stream) usesPort(port int) bool { return port == onMedia || !s.media.Mux }

// isReachable reports whether a packet can be sent to an address.
func isReachable(to netip.AddrPort) bool {
	return to.Addr().IsValid() && !to.Addr().IsUnspecified() && to.Port() != 0
}

// startAssociation starts an association with a peer. The caller holds mu.
func (s *Stream) startAssociation(port int, peer netip.AddrPort, hello []byte) {
	if s.closing {
		return
	}
	socket := s.mediaConn
	if port == onControl {
		socket = s.controlConn
	}
	if old := s.associations[port]; old != nil { // no close_notify: the sender of this ClientHello may not be the peer
		old.transport.muted.Store(true)
		old.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &association{stream: s, port: port, params: *s.media.DTLS, target: peer, clientRandom: bytes.Clone(hello), transport: newDTLSTransport(socket, peer), cancel: cancel}
	s.associations[port] = a
	s.handshakes.Go(func() { a.run(ctx) })
}

// endAssociations ends all associations. The caller holds mu.
func (s *Stream) endAssociations() {
	for port, a := range s.associations {
		if a != nil {
			a.cancel()
			s.associations[port] = nil
		}
	}
}

// run does the handshake, and answers retransmissions of the peer until ctx ends.
func (a *association) run(ctx context.Context) {
	defer func() { _ = a.transport.Close() }()
	limited, cancel := context.WithTimeout(ctx, a.stream.pool.handshakeTimeout)
	defer cancel()
	conn, keys, err := handshake(limited, a.transport, a.params, a.stream.pool.certificate)
	a.stream.handshakeDone(a, keys, err)
	if err != nil {
		return
	}
	<-ctx.Done()
	_ = conn.Close() // it fails if the peer has closed first
}

// handshakeDone applies the outcome of a handshake.
func (s *Stream) handshakeDone(a *association, keys timbre.SRTPKeys, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.done = true
	if s.associations[a.port] != a { // it was replaced or ended meanwhile
		return
	}
	var e *cryptoContext
	if err == nil {
		e, err = newCryptoContext(keys, s.crypto[a.port])
	}
	s.pool.metrics.handshake(err)
	if err != nil {
		s.pool.env.Log.Warn("DTLS handshake failed", "port", s.port+uint16(a.port), "peer", a.transport.peer.Load().String(), "error", err)
		return
	}
	s.pool.env.Log.Debug("DTLS handshake", "port", s.port+uint16(a.port), "suite", keys.Suite)
	a.keyed, s.crypto[a.port] = true, e
	if !s.closing {
		s.wake() // to flush the packets that wait for the key
	}
}
