package transport

import (
	"net"
	"net/netip"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Endpoint is where a peer reaches the server: the listener that its messages arrive at.
type Endpoint struct {
	Addr       netip.AddrPort // local
	Advertised netip.AddrPort // in Contact and Via; differs from Addr behind NAT
	Socket     gosip.Addr     // of UDP: the local socket that messages to the peer leave by
}

// Endpoint is that of the first listener of a network that a peer's address family reaches. False: none listens.
func (s *Stack) Endpoint(network string, peer netip.AddrPort) (Endpoint, bool) {
	for _, l := range s.listeners {
		if l.network == network && reaches(AddrPort(l.bound()), peer.Addr()) {
			return s.EndpointAt(l.bound(), network, peer), true
		}
	}
	return Endpoint{}, false
}

// reaches reports whether packets travel between a listener and a peer: they are of one family, and both or neither are on
// this machine.
func reaches(at netip.AddrPort, peer netip.Addr) bool {
	if !at.IsValid() || at.Addr().IsUnspecified() {
		return at.IsValid()
	}
	return at.Addr().Is4() == peer.Is4() && at.Addr().IsLoopback() == peer.IsLoopback()
}

// EndpointAt is that of a bound listener.
func (s *Stack) EndpointAt(bound net.Addr, network string, peer netip.AddrPort) Endpoint {
	e := Endpoint{Addr: LocalAddr(bound, peer)}
	e.Advertised = s.Advertised(e.Addr, peer.Addr())
	if at := AddrPort(bound); network == "udp" && at.IsValid() {
		e.Socket = gosip.Addr{IP: at.Addr().AsSlice(), Port: int(at.Port())}
	}
	return e
}

// EndpointOf is that of the listener that a request arrived at.
func (s *Stack) EndpointOf(tx gosip.ServerTransaction, network string, source netip.AddrPort) Endpoint {
	var bound net.Addr
	if c, ok := tx.(interface{ Connection() gosip.Connection }); ok && c.Connection() != nil {
		bound = c.Connection().LocalAddr()
	}
	return s.EndpointAt(bound, strings.ToLower(network), source)
}

// Advertised is the address in Contact and Via for a local one: behind NAT, the configured public one. For a peer on this
// machine it is the local one.
func (s *Stack) Advertised(local netip.AddrPort, peer netip.Addr) netip.AddrPort {
	public := s.cfg.Address
	if peer.Is6() {
		public = s.cfg.Address6
	}
	if !public.IsValid() || peer.IsLoopback() {
		return local
	}
	return netip.AddrPortFrom(public, local.Port())
}

// AddrPort is the address of a socket; not valid for one that has none.
func AddrPort(a net.Addr) netip.AddrPort {
	if a == nil {
		return netip.AddrPort{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// LocalAddr is the local address that a request arrived at: that of its socket or, if the socket listens on all addresses,
// the one that the system routes from to the source.
func LocalAddr(bound net.Addr, source netip.AddrPort) netip.AddrPort {
	local := AddrPort(bound)
	if !local.Addr().IsUnspecified() || !source.IsValid() {
		return local
	}
	from, ok := RouteFrom(source)
	if !ok {
		return local
	}
	return netip.AddrPortFrom(from, local.Port())
}

// RouteFrom is the local address that the system uses to reach a remote one. False: there is no route.
func RouteFrom(to netip.AddrPort) (netip.Addr, bool) {
	probe, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to)) // sends nothing
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = probe.Close() }()
	return AddrPort(probe.LocalAddr()).Addr(), true
}
