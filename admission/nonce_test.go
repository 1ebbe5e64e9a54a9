package admission

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// swapped is a nonce with its last two characters of time and randomness swapped for others.
func swapped(nonce string) string {
	b := []byte(nonce)
	b[8] ^= 1 // from one character of the alphabet to another
	return string(b)
}

func TestANonceShowsThatItsSourceHasGotIt(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	n := newNonces(func() time.Time { return now })
	to := netip.MustParseAddr("192.0.2.1")
	nonce := n.issue("here", to)
	for name, c := range map[string]struct {
		from  string
		nonce string
		want  bool
	}{
		"its source":           {"192.0.2.1", nonce, true},
		"mapped into IPv6":     {"::ffff:192.0.2.1", nonce, true},
		"another source":       {"192.0.2.2", nonce, false},
		"changed":              {"192.0.2.1", swapped(nonce), false},
		"shortened":            {"192.0.2.1", nonce[:40], false},
		"of another server":    {"192.0.2.1", newNonces(func() time.Time { return now }).issue("here", to), false},
		"none":                 {"192.0.2.1", "", false},
		"no base64":            {"192.0.2.1", "!" + nonce[1:], false},
		"ending in a break":    {"192.0.2.1", nonce[:47] + "\n", false},
		"of breaks alone":      {"192.0.2.1", strings.Repeat("\r", 48), false},
		"of the host's /64":    {"2001:db8::1", n.issue("here", netip.MustParseAddr("2001:db8::2")), true},
		"of another host's":    {"2001:db8:0:1::1", n.issue("here", netip.MustParseAddr("2001:db8::2")), false},
		"a peer without an IP": {"192.0.2.1", n.issue("here", netip.Addr{}), false},
	} {
		if got := n.echoed(netip.MustParseAddr(c.from), c.nonce); got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	if now = now.Add(nonceLife); n.echoed(to, nonce) {
		t.Error("got a proof by a nonce that has expired")
	}
	if got := len(nonce); got > 48 {
		t.Errorf("got a nonce of %d characters, want 48 at most: challenges have to be short", got)
	}
}
