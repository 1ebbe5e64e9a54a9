package trunk

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// NextHop is where a request in a dialog goes: on the connection by which its peer came, while there is one; else to the
// first of its route set, or to the remote target. A target with another address than its messages come from is behind NAT,
// and one without an address is not looked up: those are reached where they come from. A gateway, which is set up by name,
// is believed: only a private address of one that comes from a public one is taken for NAT.
func NextHop(network string, peer netip.AddrPort, target gosip.Uri, routes []string, connected, gateway bool) string {
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

// address puts a request on its way from a place of ours.
func (e *Exchange) address(req *gosip.Request, network string, at Place) {
	via := &gosip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: strings.ToUpper(network),
		Host: at.told().Addr().String(), Port: int(at.told().Port()),
	}
	via.Params.Add("branch", gosip.GenerateBranch())
	via.Params.Add("rport", "")
	req.AppendHeader(via)
	req.SetTransport(strings.ToUpper(network))
	req.Laddr = at.Socket
}

// announced is the address of ours that descriptions name.
func (e *Exchange) announced(at Place) netip.Addr {
	if outside := e.outside(at); outside.IsValid() {
		return outside
	}
	return at.Addr.Addr()
}

// outside is the address that is set to be announced from a place; not valid without.
func (e *Exchange) outside(at Place) netip.Addr {
	if at.Addr.Addr().Is6() {
		return e.cfg.MediaAddress6
	}
	return e.cfg.MediaAddress
}
