package recording

import (
	"net/netip"

	"timbre/sip/transport"
)

// outsideMedia is the configured media address for the family of a remote one; invalid without.
func (s *Server) outsideMedia(remote netip.Addr) netip.Addr {
	if remote.Is6() {
		return s.cfg.MediaAddress6
	}
	return s.cfg.MediaAddress
}

// mediaAddress is announced for media from a remote address. It is of the same family, whatever the signalling uses.
func (s *Server) mediaAddress(local, remote netip.Addr) netip.Addr {
	if outside := s.outsideMedia(remote); outside.IsValid() {
		return outside
	}
	return ownAddress(local, remote).WithZone("")
}

// mediaSocket is the local address that receives such media; invalid: any, where another address is announced.
func (s *Server) mediaSocket(local, remote netip.Addr) netip.Addr {
	if s.outsideMedia(remote).IsValid() {
		return netip.Addr{}
	}
	return ownAddress(local, remote)
}

// ownAddress is the local address that the signalling arrived at, or one of the other family that the system routes from.
func ownAddress(local, remote netip.Addr) netip.Addr {
	if !remote.IsValid() || local.Is4() == remote.Is4() || remote.IsUnspecified() {
		return local
	}
	const discard = 9 // any port does
	if ours, ok := transport.RouteFrom(netip.AddrPortFrom(remote, discard)); ok {
		return ours
	}
	return local
}
