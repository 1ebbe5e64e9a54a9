package phone

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/pion/sdp/v3"

	"timbre"
)

// takeAnswer sets where the audio of each leg goes: to the m-line that echoes its label, else to the one in its place. A leg
// whose m-line is refused (port 0) or inactive sends nothing; it is an error when no leg is left.
func (c *Call) takeAnswer(answer []byte) error {
	var s sdp.SessionDescription
	if err := s.Unmarshal(answer); err != nil {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "the answer's SDP: %w", err)
	}
	taken := false
	for i, m := range s.MediaDescriptions {
		l := c.legOf(i, m)
		if _, inactive := m.Attribute("inactive"); inactive || l == nil || m.MediaName.Port.Value == 0 {
			continue
		}
		if err := c.takeLine(l, &s, m); err != nil {
			return err
		}
		taken = true
	}
	if !taken {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "the server answered, but takes no audio")
	}
	return nil
}

// legOf is the leg that the m-line at an index answers; nil without.
func (c *Call) legOf(index int, m *sdp.MediaDescription) *leg {
	if label, ok := m.Attribute("label"); ok {
		if i := slices.IndexFunc(c.legs, func(l *leg) bool { return l.label == label }); i >= 0 {
			return c.legs[i]
		}
	}
	if index < len(c.legs) {
		return c.legs[index]
	}
	return nil
}

// takeLine sets where a leg goes by the m-line that answers it.
func (c *Call) takeLine(l *leg, s *sdp.SessionDescription, m *sdp.MediaDescription) error {
	if !slices.Contains(m.MediaName.Formats, strconv.Itoa(int(c.cfg.PayloadType))) {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "the server does not take %s", rtpmap(c.cfg.PayloadType))
	}
	port := m.MediaName.Port.Value
	if port < 0 || port > 65535 {
		return timbre.Errorf(timbre.Invalid, "phone.Dial", "the answer's port %d does not exist", port)
	}
	if err := l.agreeKeys(m); err != nil {
		return err
	}
	l.remote = netip.AddrPortFrom(c.mediaHost(s, m), uint16(port))
	if c.cfg.Via != nil {
		l.remote = c.cfg.Via(l.remote)
	}
	return nil
}

// mediaHost is the address in the c= line of an m-line, else of the session, else the server's.
func (c *Call) mediaHost(s *sdp.SessionDescription, m *sdp.MediaDescription) netip.Addr {
	host := c.line.server.Addr()
	for _, info := range []*sdp.ConnectionInformation{s.ConnectionInformation, m.ConnectionInformation} {
		if info == nil || info.Address == nil {
			continue
		}
		if a, err := netip.ParseAddr(info.Address.Address); err == nil && !a.IsUnspecified() {
			host = a
		}
	}
	return host
}
