package rtp

import (
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
			s.hearControl(buf[:n], plain(from))
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
func (s *Stream) hearControl(b []byte, from netip.AddrPort) {
	packets, err := rtcp.Unmarshal(b)
	now := s.pool.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case from.Addr() != s.latch.fixed.Addr() && from != s.reportTo():
		s.drop(Stranger, from.String())
		return
	case err != nil:
		s.drop(Malformed, from.String())
		return
	}
	for _, p := range packets {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			s.stats.SenderReports++
			s.reception.heard(sr, now)
		}
	}
}

// reportTo is where reports go: the signalled RTCP address, or the port after the one that the media comes from.
func (s *Stream) reportTo() netip.AddrPort {
	if r := s.spec.RTCP; r.IsValid() && !r.Addr().IsUnspecified() {
		return plain(r)
	}
	return netip.AddrPortFrom(s.latch.fixed.Addr(), s.latch.fixed.Port()+1)
}

// sendReport sends a receiver report, if anything has been received.
func (s *Stream) sendReport(now time.Time) {
	s.mu.Lock()
	block, ok := s.reception.report(now)
	to, fixed := s.reportTo(), s.latch.fixed
	s.mu.Unlock()
	if !ok || to.Port() == 0 {
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
	socket := s.control
	if to == fixed { // RTCP and media on one port
		socket = s.media
	}
	if _, err := socket.WriteToUDPAddrPort(b, to); err != nil {
		s.pool.log.Debug("RTCP report could not be sent", "port", s.port, "error", err)
		return
	}
	s.pool.metrics.reports.Inc()
}
