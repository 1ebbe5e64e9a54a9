package rtp

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/pion/rtcp"
)

// serveControl owns the RTCP socket: it takes sender reports and sends a receiver report every five seconds, until the stream is
// closed.
func (s *Stream) serveControl() {
	buf := make([]byte, maxDatagram)
	next := s.pool.nextReport()
	for failed := 0; failed < maxFailures; {
		_ = s.controlConn.SetReadDeadline(next)
		n, from, err := s.controlConn.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			failed = 0
			switch b := buf[:n]; {
			case isDTLS(b):
				s.handleDTLS(onControl, b, unmapped(from))
			case isSTUN(b):
				s.ignore(STUN, unmapped(from))
			default:
				s.handleControl(onControl, b, unmapped(from), s.pool.env.Now())
			}
		case errors.Is(err, net.ErrClosed):
			return
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.sendReport(s.pool.env.Now())
			next = s.pool.nextReport()
		default:
			failed++
		}
	}
	s.pool.env.Log.Error("RTCP socket failed", "port", s.port)
}

// handleControl takes an RTCP packet that arrived at a time, and relays it.
func (s *Stream) handleControl(port int, b []byte, from netip.AddrPort, arrived time.Time) {
	if plaintext, ok := s.readControl(port, b, from, arrived); ok {
		s.relayControl(plaintext)
	}
}

// readControl takes the sender reports of an RTCP packet, which it returns decrypted. False: it was dropped.
func (s *Stream) readControl(port int, b []byte, from netip.AddrPort, arrived time.Time) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !s.allowsControlFrom(from):
		s.drop(UnknownSource, from.String())
		return nil, false
	case len(b) < controlHeader:
		s.drop(Malformed, from.String())
		return nil, false
	}
	if s.media.Encrypted() {
		plaintext, why, ok := s.crypto[port].decryptControl(b, binary.BigEndian.Uint32(b[4:]))
		if !ok {
			s.drop(why, from.String())
			return nil, false
		}
		b = plaintext
	}
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		s.drop(Malformed, from.String())
		return nil, false
	}
	s.controlHost = from.Addr()
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			s.stats.SenderReports++
			s.source.senderReport(p, arrived)
		case *rtcp.SourceDescription:
			s.describe(p)
		}
	}
	return b, true
}

// describe takes the canonical name of the source. The caller holds mu.
func (s *Stream) describe(d *rtcp.SourceDescription) {
	for _, chunk := range d.Chunks {
		for _, item := range chunk.Items {
			if chunk.Source == s.source.ssrc && item.Type == rtcp.SDESCNAME {
				s.stats.CNAME = item.Text
			}
		}
	}
}

// allowsControlFrom reports whether RTCP is taken from an address: from the host of the media, from an address that the media
// may come from, or from the negotiated one. The caller holds mu.
func (s *Stream) allowsControlFrom(from netip.AddrPort) bool {
	return from.Addr() == s.latch.fixed.Addr() || s.latch.allows(from) || from == s.controlAddr()
}

// controlHeader is the length of an RTCP header, with the SSRC of its sender.
const controlHeader = 8
