package dialog

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
)

// nextHop is where a request goes: on the connection by which the peer came, while it is open; else to lastingHop. The caller
// holds mu.
func (d *Dialog) nextHop() string {
	if d.cfg.Network != "udp" && d.cfg.Agent.Connected(d.cfg.Network, d.cfg.Peer.String()) {
		return d.cfg.Peer.String()
	}
	return d.lastingHop()
}

// lastingHop is where a request goes without a connection: to the first entry of the route set, or to the remote target (RFC 3261,
// 12.2.1.1). Names are not looked up: a next hop without an address, and one that is not reached at it, are reached where the
// peer's messages come from. The caller holds mu.
func (d *Dialog) lastingHop() string {
	next := d.target
	if len(d.routes) > 0 {
		if first, ok := routeURI(d.routes[0]); ok {
			next = first
		}
	}
	host := strings.Trim(next.Host, "[]")
	address, err := netip.ParseAddr(host)
	if err != nil || d.elsewhere(address.Unmap()) {
		return d.cfg.Peer.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(d.port(next)))
}

// elsewhere reports whether a next hop is not to be reached at the address that it names: because it is behind NAT, or because a peer
// that is not configured by name would have requests sent to any host that it likes. A gateway may well answer from another
// host of its cluster; but whoever answers behind it must not have requests sent to this machine or its networks.
func (d *Dialog) elsewhere(next netip.Addr) bool {
	peer := d.cfg.Peer.Addr()
	if next == peer {
		return false
	}
	if !d.cfg.Gateway {
		return true
	}
	return !timbre.Names(peer, next)
}

func (d *Dialog) port(u gosip.Uri) int {
	switch {
	case u.Port != 0:
		return u.Port
	case d.cfg.Network == "tls":
		return gosip.DefaultTlsPort
	}
	return gosip.DefaultUdpPort
}

// path is the Request-URI and the routes of a request. A strict router (RFC 2543), whose route has no lr, finds itself in the
// Request-URI and the remote target in the last route (RFC 3261, 12.2.1.1). The caller holds mu.
func (d *Dialog) path() (uri gosip.Uri, routes []string) {
	target := *d.target.Clone()
	if len(d.routes) == 0 {
		return target, nil
	}
	first, ok := routeURI(d.routes[0])
	if !ok || first.Scheme != "sip" && first.Scheme != "sips" || slices.ContainsFunc(first.UriParams, isLoose) {
		return target, d.routes
	}
	first.UriParams.Remove("method") // is not allowed in a Request-URI (19.1.1), like headers
	first.Headers = nil
	return first, append(slices.Clone(d.routes[1:]), "<"+target.String()+">")
}

// isLoose reports whether a parameter of a route says that its router is a loose one.
func isLoose(p gosip.HeaderKV) bool { return strings.EqualFold(p.K, "lr") }

// routeURI is the URI in a value of Route.
func routeURI(value string) (u gosip.Uri, ok bool) {
	return u, gosip.ParseUri(header.URI(value), &u) == nil
}
