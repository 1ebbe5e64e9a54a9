package rtp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/rtcp"
)

// report owns the RTCP socket: it hears sender reports and sends a receiver report every five seconds, until the stream is
// closed.
func (s *Stream) report() {
	buf := make([]byte, largest)
	next := time.Now().Add(s.pool.every)
	for failed := 0; failed < failures; {
		_ = s.control.SetReadDeadline(next)
		n, from, err := s.control.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			failed = 0
			switch b := buf[:n]; {
			case isDTLS(b):
				s.takeRecord(onControl, b, plain(from))
			case isSTUN(b):
				s.passOver(STUN, plain(from))
			default:
				s.hearControl(onControl, b, plain(from))
			}
		case errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.sendReport(s.pool.now())
			next = time.Now().Add(s.pool.every)
		default:
			failed++
		}
	}
	s.pool.log.Error("RTCP socket failed", "port", s.port)
}

// hearControl takes the sender reports out of an RTCP packet from the host that the media comes from.
func (s *Stream) hearControl(port int, b []byte, from netip.AddrPort) {
	if plain, ok := s.hearReports(port, b, from); ok {
		s.passControl(plain)
	}
}

// hearReports gives an RTCP packet from there, opened; false: it is none.
func (s *Stream) hearReports(port int, b []byte, from netip.AddrPort) ([]byte, bool) {
	now := s.pool.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.reports(from):
		s.drop(Stranger, from.String())
		return nil, false
	case len(b) < controlHeader:
		s.drop(Malformed, from.String())
		return nil, false
	}
	if s.spec.Encrypted() {
		plain, why, ok := s.envelopes[port].openControl(b, binary.BigEndian.Uint32(b[4:]))
		if !ok {
			s.drop(why, from.String())
			return nil, false
		}
		b = plain
	}
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		s.drop(Malformed, from.String())
		return nil, false
	}
	s.reporter = from.Addr()
	for _, p := range packets {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			s.stats.SenderReports++
			s.reception.heard(sr, now)
		}
	}
	return b, true
}

// reports says whether RTCP may come from an address: from the host that the media comes from, or may come from, or from where
// it is said to. The caller holds mu.
func (s *Stream) reports(from netip.AddrPort) bool {
	return from.Addr() == s.latch.fixed.Addr() || s.latch.allows(from) || from == s.controlAt()
}

// controlHeader is how long the header of an RTCP packet is, with the SSRC of its sender.
const controlHeader = 8

// controlAt is where RTCP goes by what was agreed on: to the port that the media comes from; the signalled RTCP address; or the
// port after the one that the media comes from.
func (s *Stream) controlAt() netip.AddrPort {
	if s.spec.Mux {
		return s.latch.fixed
	}
	if r := s.spec.RTCP; r.IsValid() && !r.Addr().IsUnspecified() {
		return plain(r)
	}
	return netip.AddrPortFrom(s.latch.fixed.Addr(), s.latch.fixed.Port()+1)
}

// reportTo is where reports go: where RTCP does, but to no host that has sent nothing. It may not know that somebody has named
// it.
func (s *Stream) reportTo() netip.AddrPort {
	if to := s.controlAt(); to.Addr() == s.latch.fixed.Addr() || to.Addr() == s.reporter {
		return to
	}
	return netip.AddrPortFrom(s.latch.fixed.Addr(), s.latch.fixed.Port()+1)
}

// sendReport sends a receiver report, if anything has been received.
func (s *Stream) sendReport(now time.Time) {
	s.mu.Lock()
	block, ok := s.reception.report(now)
	to, fixed := s.reportTo(), s.latch.fixed
	s.mu.Unlock()
	if !ok || to.Port() == 0 || s.relay.Load() != nil {
		return
	}
	name := fmt.Sprintf("timbre-%08x", s.self)
	b, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: s.self, Reports: []rtcp.ReceptionReport{block}},
		rtcp.NewCNAMESourceDescription(s.self, name),
	})
	if err != nil {
		s.pool.log.Error("RTCP report could not be written", "port", s.port, "error", err)
		return
	}
	socket, port := s.control, onControl
	if to == fixed { // RTCP and media on one port
		socket, port = s.media, onMedia
	}
	if b, err = s.sealControl(port, b); err != nil {
		s.pool.log.Debug("RTCP report could not be sealed", "port", s.port, "error", err)
		return
	}
	if _, err := socket.WriteToUDPAddrPort(b, to); err != nil {
		s.pool.log.Debug("RTCP report could not be sent", "port", s.port, "error", err)
		return
	}
	s.pool.metrics.reports.Inc()
}

// sealControl is an RTCP packet as the peer gets it from one of the ports.
func (s *Stream) sealControl(port int, b []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.spec.Encrypted() {
		return b, nil
	}
	return s.envelopes[port].sealControl(b)
}
