package timbre

import (
	"net/netip"
	"strings"
)

// AllowedNetwork parses one entry of a termination's allowed hosts: a CIDR network or a single address. IPv4 networks
// mapped into IPv6 are returned as IPv4, and the zone of an address is ignored. ok is false for anything else.
func AllowedNetwork(host string) (network netip.Prefix, ok bool) {
	host = strings.TrimSpace(host)
	if n, err := netip.ParsePrefix(host); err == nil {
		if n.Addr().Is4In6() && n.Bits() >= 96 {
			n = netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96)
		}
		return n.Masked(), true
	}
	if a, err := netip.ParseAddr(host); err == nil && !strings.Contains(host, "/") { // not in a zone either
		a = PlainAddr(a)
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	return netip.Prefix{}, false
}

// PlainAddr is the address that allowed hosts are compared with: IPv4 if it is mapped into IPv6, without a zone.
func PlainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
