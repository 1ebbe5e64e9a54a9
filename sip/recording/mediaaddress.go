package recording

import (
	"net/netip"

	"timbre/sip/transport"
)

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
	if ours, ok := transport.RouteFrom(netip.AddrPortFrom(remote, discard)); ok {
		return ours
	}
	return local
}
