package sip

import (
	"net"
	"net/netip"
)

// addrPort is a socket's address; not valid for what has none.
func addrPort(a net.Addr) netip.AddrPort {
	if a == nil {
		return netip.AddrPort{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// reached is the address of ours that a request came in on: that of its socket or, where the socket listens everywhere,
// the one by which the system would reach the source.
func reached(bound net.Addr, source netip.AddrPort) netip.AddrPort {
	local := addrPort(bound)
	if !local.Addr().IsUnspecified() || !source.IsValid() {
		return local
	}
	ours, ok := facing(source)
	if !ok {
		return local
	}
	return netip.AddrPortFrom(ours, local.Port())
}

// facing is the address of ours by which the system would reach another one. False: it would not.
func facing(to netip.AddrPort) (netip.Addr, bool) {
	probe, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to)) // sends nothing
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = probe.Close() }()
	return addrPort(probe.LocalAddr()).Addr(), true
}

// advertised is how a peer is told to reach us: behind NAT, by the address outside of it. A peer on this machine is inside.
func (s *Server) advertised(local netip.AddrPort, peer netip.Addr) netip.AddrPort {
	outside := s.cfg.Address
	if peer.Is6() {
		outside = s.cfg.Address6
	}
	if !outside.IsValid() || peer.IsLoopback() {
		return local
	}
	return netip.AddrPortFrom(outside, local.Port())
}

// outsideMedia is the address that is announced for media from an address, if one is set for its family.
func (s *Server) outsideMedia(remote netip.Addr) netip.Addr {
	if remote.Is6() {
		return s.cfg.MediaAddress6
	}
	return s.cfg.MediaAddress
}

// mediaAddress is where media from an address is to be sent: of its own family, whichever one the signalling has come by.
func (s *Server) mediaAddress(local, remote netip.Addr) netip.Addr {
	if outside := s.outsideMedia(remote); outside.IsValid() {
		return outside
	}
	return ownAddress(local, remote).WithZone("")
}

// mediaSocket is where such media is received. With an address of its own to announce, a server may get it anywhere: not
// valid.
func (s *Server) mediaSocket(local, remote netip.Addr) netip.Addr {
	if s.outsideMedia(remote).IsValid() {
		return netip.Addr{}
	}
	return ownAddress(local, remote)
}

// ownAddress is the address that the signalling came in on, or else one of the other family.
func ownAddress(local, remote netip.Addr) netip.Addr {
	if !remote.IsValid() || local.Is4() == remote.Is4() || remote.IsUnspecified() {
		return local
	}
	const discard = 9 // any port will do
	if ours, ok := facing(netip.AddrPortFrom(remote, discard)); ok {
		return ours
	}
	return local
}
