package transport

import (
	"bytes"
	"errors"
	"net"

	gosip "github.com/emiago/sipgo/sip"
)

// prefilter inspects a datagram before the SIP stack, which drops silently what it cannot parse. Streams have been inspected
// already, message by message, whoever has opened them: see frame.
func (s *Stack) prefilter(from gosip.TransportReadProps, data []byte) (pass []byte, err error) {
	defer s.recovered(func() { pass = nil })
	if from.Transport != "UDP" {
		return data, nil
	}
	if len(bytes.Trim(data, "\r\n\x00")) == 0 { // keeps a NAT binding open
		return nil, nil
	}
	o := s.unparsedOrigin(AddrPort(from.RemoteAddr).Addr(), data, false)
	in := s.Inspect(o, data)
	for _, l := range s.listeners {
		if l.packets == nil || l.packets.LocalAddr().String() != from.LocalAddr.String() {
			continue
		}
		if s.stranger(o, in, l, from.RemoteAddr, len(data)) {
			return nil, nil
		}
		s.passed(l, from.RemoteAddr, in)
	}
	return in.Pass, nil
}

// passed applies the inspection of a datagram: its source is counted as one that the stack holds, or the response is sent.
func (s *Stack) passed(l *listener, source net.Addr, in Inspection) {
	if in.Pass != nil {
		l.reader.Load().note(source)
	}
	if in.Response == nil {
		return
	}
	if _, err := l.packets.WriteTo(in.Response, source); err != nil && !errors.Is(err, net.ErrClosed) {
		s.env.Log.Debug("SIP response not sent", "error", err)
	}
}
