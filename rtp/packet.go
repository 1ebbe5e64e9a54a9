package rtp

import "net/netip"

// handleDatagram takes a datagram from the media socket.
func (s *Stream) handleDatagram(b []byte, from netip.AddrPort) {
	from = unmapped(from)
	if s.opaque.Load() {
		s.handleOpaque(b, from)
		return
	}
	s.flushPreKey()
	switch {
	case isDTLS(b):
		s.handleDTLS(onMedia, b, from)
	case isSTUN(b):
		s.ignore(STUN, from)
	case len(b) > 1 && b[1] >= 192 && b[1] <= 223: // RTCP on the media port (RFC 5761)
		s.handleControl(onMedia, b, from)
	default:
		s.handlePacket(b, from)
	}
}

// handlePacket takes an RTP packet.
func (s *Stream) handlePacket(b []byte, from netip.AddrPort) {
	now := s.pool.env.Steady()
	p, ok := s.accept(b, from)
	if !ok {
		return
	}
	s.relayMedia(s.plaintext)
	if s.lastArrival.IsZero() {
		s.firstArrival, s.lastArrival = now, now
	}
	p.idle, p.arrived = max(0, int64(now.Sub(s.lastArrival)/sample)), int64(now.Sub(s.firstArrival)/sample)
	s.lastArrival = now
	what := s.buffer.push(p)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(&p, what, now)
}

// unmapped is an address as signalling writes it: IPv4 not mapped to IPv6, and no zone.
func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// accept decrypts and parses a datagram. It checks first that the datagram is from the source, then that it is authentic, before
// it uses anything in it.
func (s *Stream) accept(b []byte, from netip.AddrPort) (p packet, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.latch.allows(from):
		s.drop(UnknownSource, from.String())
		return p, false
	case len(b) < minPacket || len(b) == maxDatagram || b[0]>>6 != 2:
		s.drop(Malformed, from.String())
		return p, false
	}
	if s.media.Encrypted() {
		if b, ok = s.decryptOrHold(b, from); !ok {
			return p, false
		}
	}
	s.plaintext = b
	if s.parsed.Unmarshal(b) != nil {
		s.drop(Malformed, from.String())
		return p, false
	}
	h := &s.parsed.Header
	c := s.payloads[h.PayloadType]
	if !s.latchOn(from, c != 0) {
		return p, false
	}
	return packet{ssrc: h.SSRC, ts: h.Timestamp, seq: h.SequenceNumber, codec: c, payload: s.parsed.Payload}, true
}

// latchOn makes the sender of a packet the source. A packet whose payload type was not negotiated does that only if it is relayed;
// else it is accepted, for its place in the sequence, from the current source alone.
func (s *Stream) latchOn(from netip.AddrPort, negotiated bool) bool {
	if !negotiated {
		s.drop(UnknownPayload, from.String())
	}
	if negotiated || s.relay.Load() != nil {
		s.latch.fix(from)
		return true
	}
	return s.latch.fixed == from
}
