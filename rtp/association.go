package rtp

import (
	"bytes"
	"context"
	"net/netip"

	"timbre"
)

// The ports of a stream. RTCP has keys of its own where it has a handshake of its own.
const (
	onMedia = iota
	onControl
	ports
)

// association is the DTLS with the peer on one port of a stream: its handshake gives the keys of what comes and goes there.
// It stays until it is replaced or the stream is closed, because the peer may have missed the end of the handshake.
type association struct {
	stream *Stream
	port   int
	spec   timbre.DTLSParameters
	to     netip.AddrPort // where it began
	hello  []byte         // that began it, if the peer did
	wire   *wire
	cancel context.CancelFunc
	over   bool // the handshake, well or not; the stream's mu guards it
	agreed bool // on keys
}

// secure does what the signalling says of keys. Those from before are good until there are others. The caller holds mu.
func (s *Stream) secure() error {
	if s.spec.DTLS == nil {
		s.part()
		s.envelopes[onControl] = nil
	}
	switch {
	case s.spec.Keys != nil:
		e, err := sealed(*s.spec.Keys, s.envelopes[onMedia])
		s.envelopes = [ports]*envelope{e, e}
		return err
	case s.spec.DTLS == nil:
		s.envelopes[onMedia] = nil
	default:
		s.associate()
	}
	return nil
}

// associate begins the handshakes that are ours to begin, and ends those that the signalling no longer speaks of. The caller
// holds mu.
func (s *Stream) associate() {
	to := [ports]netip.AddrPort{plain(s.spec.Remote), s.controlAt()}
	for port, a := range s.associations {
		moved := a != nil && !a.over && a.spec.Active && a.to != to[port]
		if a != nil && (a.spec != *s.spec.DTLS || moved || a.over && !a.agreed || port == onControl && s.spec.Mux) {
			a.cancel()
			s.associations[port], a = nil, nil
		}
		reachable := to[port].Port() != 0 && !to[port].Addr().IsUnspecified() && to[port].Addr().IsValid()
		if a == nil && s.spec.DTLS.Active && reachable && (port == onMedia || !s.spec.Mux) {
			s.begin(port, to[port], nil)
		}
	}
}

// begin begins an association with a peer. The caller holds mu.
func (s *Stream) begin(port int, peer netip.AddrPort, hello []byte) {
	if s.closing {
		return
	}
	socket := s.media
	if port == onControl {
		socket = s.control
	}
	if old := s.associations[port]; old != nil { // not farewell: whoever says hello may not be the peer
		old.wire.cut.Store(true)
		old.cancel()
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &association{stream: s, port: port, spec: *s.spec.DTLS, to: peer, hello: bytes.Clone(hello), wire: newWire(socket, peer), cancel: cancel}
	s.associations[port] = a
	s.shaking.Go(func() { a.run(ctx) })
}

// part ends all associations. The caller holds mu.
func (s *Stream) part() {
	for port, a := range s.associations {
		if a != nil {
			a.cancel()
			s.associations[port] = nil
		}
	}
}

// run agrees on keys, and stays to answer the peer until ctx ends.
func (a *association) run(ctx context.Context) {
	defer func() { _ = a.wire.Close() }()
	limited, cancel := context.WithTimeout(ctx, a.stream.pool.shaking)
	defer cancel()
	conn, keys, err := handshake(limited, a.wire, a.spec, a.stream.pool.identity)
	a.stream.shaken(a, keys, err)
	if err != nil {
		return
	}
	<-ctx.Done()
	_ = conn.Close() // what it complains of is closed already
}

// shaken takes what came of a handshake.
func (s *Stream) shaken(a *association, keys timbre.SRTPKeys, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.over = true
	if s.associations[a.port] != a { // replaced, or ended
		return
	}
	var e *envelope
	if err == nil {
		e, err = sealed(keys, s.envelopes[a.port])
	}
	s.pool.metrics.shaken(err)
	if err != nil {
		s.pool.log.Warn("DTLS handshake failed", "port", s.port+uint16(a.port), "peer", a.wire.peer.Load().String(), "error", err)
		return
	}
	s.pool.log.Debug("DTLS handshake", "port", s.port+uint16(a.port), "suite", keys.Suite)
	a.agreed, s.envelopes[a.port] = true, e
	if !s.closing {
		s.wake() // for what came early
	}
}

// takeRecord is one datagram that is DTLS (RFC 7983).
func (s *Stream) takeRecord(port int, b []byte, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, d := s.associations[port], s.spec.DTLS
	hello, answer := greeting(b)
	switch {
	case !s.latch.allows(from) && (port == onMedia || !s.reports(from)):
		s.drop(Stranger, from.String())
	case d == nil || port == onControl && s.spec.Mux:
		s.drop(Malformed, from.String())
	case s.closing: // the peer takes leave
	case hello != nil && !d.Active && (a == nil || a.over && !bytes.Equal(hello, a.hello)):
		s.begin(port, from, hello)
		if a = s.associations[port]; a != nil {
			a.wire.put(b)
		}
	case a == nil:
		s.drop(Stray, from.String())
	case from != *a.wire.peer.Load() && (!d.Active || a.over || !answer):
		s.drop(Stranger, from.String())
	default:
		a.wire.peer.Store(&from)
		a.wire.put(b)
	}
}

// greeting tells the first messages of a handshake: of a client's, the random that no other one has; and whether it is the
// server's answer to that.
func greeting(b []byte) (hello []byte, answer bool) {
	const record, message, version, length = 13, 12, 2, 32
	if len(b) < record+message || b[0] != 22 || b[3] != 0 || b[4] != 0 {
		return nil, false
	}
	if at := record + message + version; b[record] == 1 && len(b) >= at+length {
		hello = b[at : at+length]
	}
	return hello, b[record] == 2 || b[record] == 3
}

// pending says whether there may be another key soon. The caller holds mu.
func (s *Stream) pending() bool {
	a := s.associations[onMedia]
	return s.spec.DTLS != nil && (a == nil && s.envelopes[onMedia] == nil || a != nil && !a.over)
}

// isDTLS tells a DTLS record from RTP and RTCP.
func isDTLS(b []byte) bool { return len(b) > 0 && b[0] >= 20 && b[0] <= 63 }

// isSTUN tells a STUN message from all else (RFC 7983, RFC 8489).
func isSTUN(b []byte) bool { return len(b) >= 20 && b[0] <= 3 && string(b[4:8]) == "\x21\x12\xA4\x42" }

// passOver counts a datagram that is none of ours.
func (s *Stream) passOver(why Reason, from netip.AddrPort) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(why, from.String())
}
