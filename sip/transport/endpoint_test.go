package transport

import (
	"net"
	"net/netip"
	"testing"
)

func TestEndpointAdvertisesThePublicAddress(t *testing.T) {
	s, _ := newStack(t, Config{Address: netip.MustParseAddr("203.0.113.7")}, ok)
	bound := &net.UDPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 5060}
	for peer, want := range map[string]string{"198.51.100.9:5060": "203.0.113.7:5060", "127.0.0.1:5060": "10.0.0.5:5060"} {
		t.Run(peer, func(t *testing.T) {
			e := s.EndpointAt(bound, "udp", netip.MustParseAddrPort(peer))
			if got := e.Advertised.String(); got != want {
				t.Errorf("got %s advertised, want %s", got, want)
			}
			if got := e.Addr.String(); got != "10.0.0.5:5060" {
				t.Errorf("got local address %s, want 10.0.0.5:5060", got)
			}
			if got := e.Socket.IP.String(); got != "10.0.0.5" {
				t.Errorf("got socket %s, want 10.0.0.5", got)
			}
		})
	}
}

func TestEndpointIsOfThePeersKind(t *testing.T) {
	for name, c := range map[string]struct {
		at, peer string
		want     bool
	}{
		"same family":            {"10.0.0.5:5060", "192.0.2.1", true},
		"other family":           {"10.0.0.5:5060", "2001:db8::1", false},
		"this machine":           {"127.0.0.1:5060", "127.0.0.2", true},
		"from loopback outwards": {"127.0.0.1:5060", "192.0.2.1", false},
		"all addresses":          {"[::]:5060", "192.0.2.1", true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := reaches(netip.MustParseAddrPort(c.at), netip.MustParseAddr(c.peer)); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	if reaches(netip.AddrPort{}, netip.MustParseAddr("192.0.2.1")) {
		t.Error("got true for a listener that is not bound")
	}
}
