package trunk

import (
	"net/netip"

	"timbre/sip/transport"
)

// announced is the address of ours that descriptions name.
func (e *Exchange) announced(at transport.Endpoint) netip.Addr {
	if outside := e.outside(at); outside.IsValid() {
		return outside
	}
	return at.Addr.Addr()
}

// outside is the address that is set to be announced from a place; not valid without.
func (e *Exchange) outside(at transport.Endpoint) netip.Addr {
	if at.Addr.Addr().Is6() {
		return e.cfg.MediaAddress6
	}
	return e.cfg.MediaAddress
}
