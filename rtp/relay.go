package rtp

import (
	"encoding/binary"
	"net/netip"
)

// Relay sends the packets and RTCP that this stream accepts to the peer of another stream, whatever their payload type,
// decrypted with the keys of this one and encrypted with those of the other. The peers then report to each other, and this
// stream sends no reports. The listener runs on a goroutine of its own, so that it cannot delay the relay. Nil ends the relay.
func (s *Stream) Relay(to *Stream) {
	s.mediaConn.await(relayed, to != nil)
	if to != nil {
		s.queueOutput()
	}
	s.relay.Store(to)
}

// relayMedia sends an RTP packet on. The caller holds receiving.
func (s *Stream) relayMedia(b []byte) {
	if to := s.relay.Load(); to != nil {
		s.relayBuf = to.sendMedia(b, s.relayBuf)
	}
}

// relayControl sends an RTCP packet on.
func (s *Stream) relayControl(b []byte) {
	if to := s.relay.Load(); to != nil {
		to.sendControl(b)
	}
}

// sendMedia sends an RTP packet to this stream's peer, encrypted if that was negotiated. It returns the buffer to pass for the
// next packet.
func (s *Stream) sendMedia(b, buf []byte) []byte {
	s.mu.Lock()
	to, _ := s.destinations()
	ready := s.mayRelayTo(to)
	if ready && s.media.Encrypted() {
		var err error
		if b, err = s.crypto[onMedia].encrypt(buf, b); err == nil {
			buf = b
		}
		ready = err == nil
	}
	s.mu.Unlock()
	if ready {
		_, err := s.mediaConn.WriteToUDPAddrPort(b, to)
		ready = err == nil
	}
	if ready {
		s.pool.metrics.relayed.Inc()
	} else {
		s.pool.metrics.unrelayed.Inc()
	}
	return buf
}

// sendControl sends an RTCP packet to this stream's peer, from the media socket if both share a port.
func (s *Stream) sendControl(b []byte) {
	s.mu.Lock()
	media, to := s.destinations()
	may := s.mayRelayTo(to)
	s.mu.Unlock()
	if !may {
		return
	}
	port := onControl
	if to == media {
		port = onMedia
	}
	if b, err := s.encryptControl(port, b); err == nil {
		_, _ = s.socket(port).WriteToUDPAddrPort(b, to) // the next report follows in seconds
	}
}

// destinations returns where this stream's peer receives: the signalled addresses, or, if its packets come from another host
// and it is thus behind NAT, where they come from. Not valid: unknown yet. The caller holds mu.
func (s *Stream) destinations() (media, control netip.AddrPort) {
	media, control = s.latch.remote, unmapped(s.media.RTCP)
	if fixed := s.latch.fixed; s.latch.isCredible() && fixed.IsValid() && fixed.Addr() != media.Addr() {
		media, control = fixed, netip.AddrPort{}
	}
	if !media.IsValid() || media.Port() == 0 || media.Addr().IsUnspecified() {
		return netip.AddrPort{}, netip.AddrPort{}
	}
	if s.media.Mux {
		return media, media
	}
	if !control.IsValid() || control.Addr().IsUnspecified() {
		control = netip.AddrPortFrom(media.Addr(), media.Port()+1)
	}
	return media, control
}

// handleOpaque takes a datagram of a stream that carries no RTP.
func (s *Stream) handleOpaque(b []byte, from netip.AddrPort) {
	s.mu.Lock()
	allowed := len(b) < maxDatagram && s.latch.considers(from) && s.latch.takes(from, 0, numberOf(b), s.pool.env.Steady())
	if allowed {
		s.stats.Packets++
		s.pool.metrics.packets.Inc()
	} else {
		s.drop(UnknownSource, from.String())
	}
	s.mu.Unlock()
	if allowed {
		s.relayMedia(b)
	}
}

// numberOf is what a datagram begins with that is not parsed: a number that grows, of UDPTL (ITU-T T.38, 9.1), or one that stays, of RTP of
// something else than audio.
func numberOf(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(b)
}
