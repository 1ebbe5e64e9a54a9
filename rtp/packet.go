package rtp

import (
	"net/netip"
	"time"
)

// handleDatagram takes a datagram from the media socket. The caller holds receiving.
func (s *Stream) handleDatagram(d *datagram) {
	b, from := d.data, unmapped(d.from)
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
		s.handleControl(onMedia, b, from, s.pool.env.Now().Add(d.arrived.Sub(s.pool.env.Steady())))
	default:
		s.handlePacket(b, from, d.arrived)
	}
}

// handlePacket takes an RTP packet that arrived at a time. The caller holds receiving.
func (s *Stream) handlePacket(b []byte, from netip.AddrPort, arrived time.Time) {
	p, ok := s.accept(b, from, arrived)
	if !ok {
		return
	}
	s.relayMedia(s.plaintext)
	what := s.push(&p, arrived)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(&p, what, arrived)
}

// unmapped is an address as signalling writes it: IPv4 not mapped to IPv6, and no zone.
func unmapped(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// accept decrypts and parses a datagram. It checks first that the datagram is from the source, then that it is authentic, before
// it uses anything in it.
func (s *Stream) accept(b []byte, from netip.AddrPort, arrived time.Time) (p packet, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.latch.considers(from):
		s.drop(UnknownSource, from.String())
		return p, false
	case len(b) < minPacket || len(b) == maxDatagram || b[0]>>6 != 2:
		s.drop(Malformed, from.String())
		return p, false
	}
	if s.media.Encrypted() {
		if b, ok = s.decryptOrHold(b, from, arrived); !ok {
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
	if !s.latchOn(from, c != 0, arrived) {
		return p, false
	}
	return packet{ssrc: h.SSRC, ts: h.Timestamp, seq: h.SequenceNumber, codec: c, payload: s.parsed.Payload}, true
}

// latchOn reports whether the sender of the parsed packet is the source, or becomes it. A packet whose payload type was not negotiated makes
// it that only if it is relayed; else it is accepted, for its place in the sequence, from the current source alone.
func (s *Stream) latchOn(from netip.AddrPort, negotiated bool, arrived time.Time) bool {
	if !negotiated {
		s.drop(UnknownPayload, from.String())
	}
	if !negotiated && s.relay.Load() == nil {
		return s.latch.fixed == from
	}
	if h := &s.parsed.Header; !s.latch.takes(from, h.SSRC, h.SequenceNumber, arrived) {
		s.drop(UnknownSource, from.String())
		return false
	}
	return true
}
