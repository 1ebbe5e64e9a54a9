package timbre

import (
	"net/netip"
	"testing"
)

func TestAPeerNamesPublicAddressesAndThoseOfItsOwnScope(t *testing.T) {
	all := map[AddrScope][]string{
		NoHost:    {"0.0.0.0", "::", "0.1.2.3", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "ff02::1", "ff0e::1", "::7f00:1", "::ffff:224.0.0.1"},
		Loopback:  {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"},
		LinkLocal: {"169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.0.1"},
		Private:   {"10.0.0.1", "172.31.0.1", "192.168.0.1", "100.64.0.1", "100.127.255.255", "fd00:ec2::254", "::ffff:10.0.0.1"},
		Public:    {"203.0.113.1", "100.128.0.1", "2001:db8::1", "172.32.0.1"},
	}
	for scope, addresses := range all {
		for _, text := range addresses {
			a := netip.MustParseAddr(text)
			if got := ScopeOf(a); got != scope {
				t.Errorf("%s: got scope %d, want %d", text, got, scope)
			}
			for other, peers := range all {
				peer := netip.MustParseAddr(peers[0])
				if got, want := Names(peer, a), scope == Public || scope == other && scope != NoHost; got != want {
					t.Errorf("a peer at %s names %s: got %v, want %v", peer, text, got, want)
				}
			}
		}
	}
	if got := ScopeOf(netip.Addr{}); got != NoHost {
		t.Errorf("got scope %d of no address, want none", got)
	}
}
