package transport

import (
	"net/netip"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

func TestADatagramThatEchoesItsNonceShowsItsAddress(t *testing.T) {
	s, _ := newStack(t, Config{}, ok)
	from := netip.MustParseAddr("192.0.2.1")
	with := func(lines ...string) string {
		return strings.Replace(askedBy("INVITE"), "Content-Length", strings.Join(append(lines, "Content-Length"), "\r\n"), 1)
	}
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"no credentials":       {askedBy("INVITE"), false},
		"its nonce":            {with(`Authorization: Digest username="a", realm="b", nonce="told 192.0.2.1", cnonce="x"`), true},
		"in capitals, spaced":  {with(`AUTHORIZATION : Digest username="a",NONCE = "told 192.0.2.1"`), true},
		"on a line of its own": {with(`Authorization: Digest username="a",`, ` nonce="told 192.0.2.1"`), true},
		"the second one":       {with(`Authorization: Digest nonce="x"`, `Authorization: Digest nonce="told 192.0.2.1"`), true},
		"a nonce of another":   {with(`Authorization: Digest username="a", nonce="told 192.0.2.2"`), false},
		"as a cnonce":          {with(`Authorization: Digest username="a", cnonce="told 192.0.2.1"`), false},
		"in another header":    {with(`Subject: nonce="told 192.0.2.1"`), false},
		"in the body":          {askedBy("INVITE") + "Authorization: Digest nonce=\"told 192.0.2.1\"\r\n", false},
		"nothing":              {"", false},
		"too long":             {with(`Authorization: Digest realm="` + strings.Repeat("x", maxCredentials) + `", nonce="told 192.0.2.1"`), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := s.unparsedOrigin(from, []byte(c.text), false); got.Returned != c.want || got.Echoed != c.want || got.Addr != from {
				t.Errorf("got %+v, want returned %v", got, c.want)
			}
			if got := s.unparsedOrigin(from, []byte(c.text), true); !got.Returned || got.Echoed != c.want {
				t.Errorf("by a connection: got %+v, want returned, and echoed %v", got, c.want)
			}
			msg, err := header.Parse([]byte(c.text))
			if err != nil {
				return
			}
			req := msg.(*gosip.Request)
			req.SetTransport("UDP")
			req.SetSource("192.0.2.1:5060")
			if got := s.origin(req); got.Returned != c.want && name != "in the body" {
				t.Errorf("parsed: got %+v, want returned %v", got, c.want)
			}
			if req.SetTransport("TCP"); !s.origin(req).Returned {
				t.Error("by a connection: got an origin that is not shown")
			}
		})
	}
}

func FuzzDatagramOrigin(f *testing.F) {
	f.Add([]byte(askedBy("INVITE")))
	f.Add([]byte("INVITE x SIP/2.0\r\nAuthorization: Digest\r\n nonce=\"told 192.0.2.1\"\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &Stack{deps: Deps{Sources: &verdicts{}}}
		if s.unparsedOrigin(netip.MustParseAddr("192.0.2.1"), data, false).Returned && !strings.Contains(string(data), "told 192.0.2.1") {
			t.Errorf("got an origin that is shown by %q", data)
		}
	})
}
