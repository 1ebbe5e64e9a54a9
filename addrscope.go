package timbre

import "net/netip"

// AddrScope is from where a host is reached at an address.
type AddrScope int

// The scopes, from the narrowest.
const (
	NoHost    AddrScope = iota // multicast, unspecified, reserved
	Loopback                   // this machine
	LinkLocal                  // its links
	Private                    // networks of its owner, or behind the NAT of a carrier
	Public
)

var (
	carrierNAT = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	reserved   = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("::/96")}
)

// ScopeOf is the scope of an address.
func ScopeOf(a netip.Addr) AddrScope {
	a = PlainAddr(a)
	switch {
	case a.IsLoopback():
		return Loopback
	case a.IsLinkLocalUnicast():
		return LinkLocal
	case !a.IsGlobalUnicast(), containedIn(reserved, a):
		return NoHost
	case a.IsPrivate(), carrierNAT.Contains(a):
		return Private
	}
	return Public
}

// Names reports whether a peer may have something sent to an address that it names: a public one, or one of the peer's own scope. Others are
// of hosts that it does not reach itself: it is behind NAT, or means ours.
func Names(peer, named netip.Addr) bool {
	scope := ScopeOf(named)
	return scope == Public || scope != NoHost && scope == ScopeOf(peer)
}

func containedIn(networks []netip.Prefix, a netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
