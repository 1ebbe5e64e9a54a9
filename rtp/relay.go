package rtp

import "net/netip"

// Relay sends on to another stream's peer whatever of this stream's peer belongs here: its packets as they are, known
// payload types or not, and its RTCP, opened with this stream's keys and sealed with the other's. The two ends then report to each other, and this stream reports to nobody. The
// listener hears as before, on a goroutine of its own: nothing that it does can delay or stop the relay. Nil ends it.
func (s *Stream) Relay(to *Stream) {
	if to == nil {
		s.relay.Store(nil)
		return
	}
	s.apart()
	s.relay.Store(to)
}

// pass hands a packet of the media on. The caller is the receiving goroutine.
func (s *Stream) pass(b []byte) {
	if to := s.relay.Load(); to != nil {
		s.sealed = to.send(b, s.sealed)
	}
}

// passControl hands an RTCP packet on.
func (s *Stream) passControl(b []byte) {
	if to := s.relay.Load(); to != nil {
		to.sendControl(b)
	}
}

// send gives a packet to this stream's peer, sealed with its keys if it has some. The buffer that is given back is for the
// next one.
func (s *Stream) send(b, buf []byte) []byte {
	s.mu.Lock()
	to, _ := s.destinations()
	ready := s.may(to)
	if ready && s.spec.Encrypted() {
		var err error
		if b, err = s.envelopes[onMedia].seal(buf, b); err == nil {
			buf = b
		}
		ready = err == nil
	}
	s.mu.Unlock()
	if ready {
		_, err := s.media.WriteToUDPAddrPort(b, to)
		ready = err == nil
	}
	if ready {
		s.pool.metrics.relayed.Inc()
	} else {
		s.pool.metrics.unsent.Inc()
	}
	return buf
}

// sendControl gives an RTCP packet to this stream's peer: on the socket of the media where both have one port.
func (s *Stream) sendControl(b []byte) {
	s.mu.Lock()
	media, to := s.destinations()
	may := s.may(to)
	s.mu.Unlock()
	if !may {
		return
	}
	socket, port := s.control, onControl
	if to == media {
		socket, port = s.media, onMedia
	}
	if b, err := s.sealControl(port, b); err == nil {
		_, _ = socket.WriteToUDPAddrPort(b, to) // the next report is not far
	}
}

// destinations are where this stream's peer receives: the signalled addresses. A peer whose packets come from another host
// is behind NAT, and gets everything back to where it comes from. Not valid: there is none yet. The caller holds mu.
func (s *Stream) destinations() (media, control netip.AddrPort) {
	media, control = s.latch.remote, plain(s.spec.RTCP)
	if fixed := s.latch.fixed; !s.latch.open && fixed.IsValid() && fixed.Addr() != media.Addr() {
		media, control = fixed, netip.AddrPort{}
	}
	if !media.IsValid() || media.Port() == 0 || media.Addr().IsUnspecified() {
		return netip.AddrPort{}, netip.AddrPort{}
	}
	if s.spec.Mux {
		return media, media
	}
	if !control.IsValid() || control.Addr().IsUnspecified() {
		control = netip.AddrPortFrom(media.Addr(), media.Port()+1)
	}
	return media, control
}

// takeOpaque is one datagram of a stream that carries no RTP.
func (s *Stream) takeOpaque(b []byte, from netip.AddrPort) {
	s.mu.Lock()
	allowed := s.latch.allows(from) && len(b) < largest
	if allowed {
		s.latch.fix(from)
		s.stats.Packets++
		s.pool.metrics.packets.Inc()
	} else {
		s.drop(Stranger, from.String())
	}
	s.mu.Unlock()
	if allowed {
		s.pass(b)
	}
}
