package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// What another reader may take for another header than this server does is not passed on.
func TestAmbiguousHeadersAreNotCopied(t *testing.T) {
	for _, c := range []struct {
		name, value string
		copied      bool
	}{
		{"Subject", "a\tcall", true},
		{"X-Any.!%*_+`'~1", "é", true},
		{"Subject", "a\r\nDiversion: <sip:b@c>", false},
		{"Subject", "a\x00b", false},
		{"P-Asserted-Identity\x01", "<sip:b@c>", false},
		{"P-Asserted-Identity\x00", "<sip:b@c>", false},
		{"P-Asserted Identity", "<sip:b@c>", false},
		{"P-Asserted-Identity\u00a0x", "<sip:b@c>", false},
	} {
		from, to := gosip.NewRequest(gosip.INFO, gosip.Uri{Host: "a"}), gosip.NewRequest(gosip.INFO, gosip.Uri{Host: "a"})
		from.AppendHeader(gosip.NewHeader(c.name, c.value))
		copyHeaders(from, to, unchanged)
		if got := header.Value(to, header.Name(c.name)); (got == c.value) != c.copied || (got == "") == c.copied {
			t.Errorf("%q: %q: got %q copied, want copied %t", c.name, c.value, got, c.copied)
		}
	}
}
