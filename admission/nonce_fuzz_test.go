package admission

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"timbre/ttl"
)

// FuzzNonce answers with what is, or is not, a nonce that was issued: only one that was is accepted, for its connector, from its source, while it
// is valid, and each count of it once, however it is spelt.
func FuzzNonce(f *testing.F) {
	issuedAt := time.Unix(1_000_000, 0)
	to, other := netip.MustParseAddr(outside), netip.MustParseAddr(inside)
	key := bytes.Repeat([]byte{7}, 32)
	const nonce = "AAONfqTGgAD1qZBrLhFJBeYx-1h1rfdX8DVpn7fk4KiYypFg" // that was issued then by this key
	f.Add(nonce, "secret", 1, int64(0))
	f.Add(nonce+"=", "secret", 1, int64(0))
	f.Add(nonce[:len(nonce)-1]+"\n"+nonce[len(nonce)-1:], "secret", 2, int64(time.Second))
	f.Add(nonce[:47]+"\n", "secret", 2, int64(time.Second))
	f.Add(strings.Repeat("\r", 48), "secret", 2, int64(time.Second))
	f.Add(swapped(nonce), "secret", 1, int64(nonceLife))
	f.Add(nonce, "source "+outside+"/32", -1, int64(-nonceLife))
	f.Fuzz(func(t *testing.T, text, connector string, count int, later int64) {
		now := issuedAt.Add(time.Duration(later))
		n := &nonces{now: func() time.Time { return now }, key: key, used: ttl.NewMap[string, int](nonceLife, nil)}
		issued, answered := decodeNonce(nonce), decodeNonce(text)
		mine := bytes.Equal(answered, issued)
		received := bytes.HasPrefix(answered, issued[:nonceContent+pathTag])
		valid := now.Before(issuedAt.Add(nonceLife))
		if got := n.echoed(to, text); got != (received && valid) {
			t.Errorf("got %q taken for what its source was sent: %t", text, got)
		}
		if n.echoed(other, text) {
			t.Errorf("got %q taken for what another source was sent", text)
		}
		accepted := n.use(text, connector, count)
		if accepted != (mine && valid && connector == "secret" && count > 0) {
			t.Errorf("got %q accepted %t for %q with count %d, %s later", text, accepted, connector, count, time.Duration(later))
		}
		if accepted && (n.use(text, connector, count) || n.use(nonce, connector, count) || n.use(nonce, connector, count-1)) {
			t.Errorf("got %q accepted twice", text)
		}
	})
}
