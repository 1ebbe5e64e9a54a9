package sip

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// nextHop is where a request in a dialog goes: on the connection by which its peer came, while there is one; else to the
// first of its route set, or to the remote target. A target with another address than its messages come from is behind NAT,
// and one without an address is not looked up: those are reached where they come from. A gateway, which is set up by name,
// is believed: only a private address of one that comes from a public one is taken for NAT.
func nextHop(network string, peer netip.AddrPort, target gosip.Uri, routes []string, connected, gateway bool) string {
	next, routed := target, false
	if len(routes) > 0 {
		text, _, _ := strings.Cut(routes[0], ">")
		_, text, _ = strings.Cut(text, "<")
		var first gosip.Uri
		if gosip.ParseUri(text, &first) == nil {
			next, routed = first, true
		}
	}
	port := next.Port
	if port == 0 {
		if port = gosip.DefaultUdpPort; network == "tls" {
			port = gosip.DefaultTlsPort
		}
	}
	host := strings.Trim(next.Host, "[]")
	address, err := netip.ParseAddr(host)
	natted := !routed && address.Unmap() != peer.Addr()
	if gateway {
		natted = natted && (address.IsUnspecified() || address.IsPrivate() && !peer.Addr().IsPrivate())
	}
	if connected || err != nil || natted {
		return peer.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}
