package rtp

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/pion/rtcp"
)

// controlAddr is the negotiated address of RTCP: the source of the media if they share a port, the signalled RTCP address, or
// the port after that of the media.
func (s *Stream) controlAddr() netip.AddrPort {
	if s.media.Mux {
		return s.latch.fixed
	}
	if r := s.media.RTCP; r.IsValid() && !r.Addr().IsUnspecified() {
		return unmapped(r)
	}
	return netip.AddrPortFrom(s.latch.fixed.Addr(), s.latch.fixed.Port()+1)
}

// reportAddr is where receiver reports go: controlAddr, unless that is a host that has sent nothing, which may not be part of the
// call.
func (s *Stream) reportAddr() netip.AddrPort {
	if to := s.controlAddr(); to.Addr() == s.latch.fixed.Addr() || to.Addr() == s.controlHost {
		return to
	}
	return netip.AddrPortFrom(s.latch.fixed.Addr(), s.latch.fixed.Port()+1)
}

// reportStep is what the times of reports are multiples of: a thread that wakes for one sends those of several streams.
const reportStep = 100 * time.Millisecond

// nextReport is when a stream reports that has reported now.
func (p *Pool) nextReport() time.Time {
	now := time.Now()
	return now.Add(p.reportInterval - now.Sub(p.opened)%min(reportStep, p.reportInterval))
}

// sendReport sends a receiver report if anything has been received.
func (s *Stream) sendReport(now time.Time) {
	s.mu.Lock()
	block, ok := s.source.report(now)
	to, fixed := s.reportAddr(), s.latch.fixed
	s.mu.Unlock()
	if !ok || to.Port() == 0 || s.relay.Load() != nil {
		return
	}
	name := fmt.Sprintf("timbre-%08x", s.ssrc)
	b, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: s.ssrc, Reports: []rtcp.ReceptionReport{block}},
		rtcp.NewCNAMESourceDescription(s.ssrc, name),
	})
	if err != nil {
		s.pool.env.Log.Error("cannot marshal an RTCP report", "port", s.port, "error", err)
		return
	}
	port := onControl
	if to == fixed { // RTCP and media share a port
		port = onMedia
	}
	if b, err = s.encryptControl(port, b); err != nil {
		s.pool.env.Log.Debug("cannot encrypt an RTCP report", "port", s.port, "error", err)
		return
	}
	if _, err := s.socket(port).WriteToUDPAddrPort(b, to); err != nil {
		s.pool.env.Log.Debug("cannot send an RTCP report", "port", s.port, "error", err)
		return
	}
	s.pool.metrics.reports.Inc()
}

// encryptControl returns an RTCP packet as it is sent from one of the ports.
func (s *Stream) encryptControl(port int, b []byte) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.media.Encrypted() {
		return b, nil
	}
	return s.crypto[port].encryptControl(b)
}
