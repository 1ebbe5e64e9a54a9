package sdp

import (
	"net/netip"
	"testing"
)

func TestMediaGoesToNoHostThatThePeerDoesNotReach(t *testing.T) {
	for _, c := range []struct{ peer, named, want string }{
		{"203.0.113.1", "203.0.113.2", "203.0.113.2"},
		{"203.0.113.1", "10.0.0.9", "10.0.0.9"}, // a network of the media alone; or NAT, which its first packets show
		{"203.0.113.1", "127.0.0.1", "203.0.113.1"},
		{"203.0.113.1", "169.254.169.254", "203.0.113.1"},
		{"203.0.113.1", "224.0.0.1", "203.0.113.1"},
		{"203.0.113.1", "0.0.0.0", "203.0.113.1"},
		{"10.0.0.1", "127.0.0.1", "10.0.0.1"},
		{"127.0.0.1", "127.0.0.2", "127.0.0.2"},
		{"2001:db8::1", "::1", "2001:db8::1"},
		{"2001:db8::1", "fe80::1", "2001:db8::1"},
	} {
		peer, named := netip.MustParseAddr(c.peer), netip.MustParseAddr(c.named)
		l := Line{Remote: netip.AddrPortFrom(named, 30000), RTCP: netip.AddrPortFrom(peer, 30001)}
		m := l.Spec(netip.Addr{}, peer, false)
		if want := netip.AddrPortFrom(netip.MustParseAddr(c.want), 30000); m.Remote != want || (c.want == c.named) != m.RTCP.IsValid() {
			t.Errorf("%s names %s: got media to %v, RTCP to %v, want %v", c.peer, c.named, m.Remote, m.RTCP, want)
		}
		l = Line{Remote: netip.AddrPortFrom(peer, 30000), RTCP: netip.AddrPortFrom(named, 30001)}
		if got := l.Spec(netip.Addr{}, peer, false).RTCP.IsValid(); got != (c.want == c.named) {
			t.Errorf("%s names %s for RTCP: got it taken: %v, want %v", c.peer, c.named, got, !got)
		}
	}
}
