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

// HostNetwork is the network that belongs to the host of an address: an IPv4 address, or an IPv6 network of 64 bits. The invalid Addr has
// the zero Prefix.
func HostNetwork(a netip.Addr) netip.Prefix { return networkOf(a, 32, 64) }

// OwnerNetwork is the network that one owner may fill with hosts: 24 bits of an IPv4 address, 48 of an IPv6 address.
func OwnerNetwork(a netip.Addr) netip.Prefix { return networkOf(a, 24, 48) }

func networkOf(a netip.Addr, bits4, bits6 int) netip.Prefix {
	a = PlainAddr(a)
	bits := bits4
	if a.Is6() {
		bits = bits6
	}
	p, _ := a.Prefix(bits) // fails for the invalid Addr alone
	return p
}

// PlainAddr is the address that allowed hosts are compared with: IPv4 if it is mapped into IPv6, without a zone.
func PlainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// The widest public networks whose hosts may put calls through: as wide as AWS takes them, and one site of IPv6.
const (
	relayBits4 = 27
	relayBits6 = 56
)

// inside are networks that no stranger is in, however wide: private, loopback and link-local ones.
var inside = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// RelayNetwork reports whether the hosts of a network may put calls through to a gateway. A public network that is too wide has strangers
// in it, and would make the connector an open relay.
func RelayNetwork(n netip.Prefix) bool {
	for _, own := range inside {
		if own.Bits() <= n.Bits() && own.Contains(n.Addr()) {
			return true
		}
	}
	if n.Addr().Is4() {
		return n.Bits() >= relayBits4
	}
	return n.Bits() >= relayBits6
}
