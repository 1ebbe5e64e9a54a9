package sdp

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"
)

// directions are the attributes of RFC 8866, 6.7. The first is the default.
var directions = []string{"sendrecv", "sendonly", "recvonly", "inactive"}

func direction(s *pion.SessionDescription, m *pion.MediaDescription) string {
	for _, attributes := range [][]pion.Attribute{m.Attributes, s.Attributes} {
		for _, a := range attributes {
			if slices.Contains(directions, a.Key) {
				return a.Key
			}
		}
	}
	return directions[0]
}

// address is that of a c= line, or else the fallback: host names are not looked up.
func address(c *pion.ConnectionInformation, fallback netip.Addr) netip.Addr {
	if c == nil || c.Address == nil {
		return fallback
	}
	a, err := netip.ParseAddr(c.Address.Address)
	if err != nil {
		return fallback
	}
	return a.Unmap()
}

// rtcpAddress is where RTCP goes: by a=rtcp (RFC 3605), or to the port after that of the media.
func rtcpAddress(m *pion.MediaDescription, host netip.Addr) netip.AddrPort {
	port := m.MediaName.Port.Value + 1
	if v, ok := m.Attribute("rtcp"); ok {
		fields := strings.Fields(v)
		if len(fields) > 0 {
			if p, err := strconv.Atoi(fields[0]); err == nil {
				port = p
			}
		}
		if len(fields) == 4 {
			if a, err := netip.ParseAddr(fields[3]); err == nil {
				host = a.Unmap()
			}
		}
	}
	if port < 1 || port > 0xFFFF {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(host, uint16(port))
}
