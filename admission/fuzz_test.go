package admission

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/icholy/digest"

	"timbre"
)

// FuzzDigest answers a challenge with arbitrary text: without the password, none is accepted.
func FuzzDigest(f *testing.F) {
	realm := realmOf("secret")
	n := newFixture().nonces
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		c := &digest.Challenge{Realm: realm, Nonce: n.issue("secret", netip.MustParseAddr(outside)), Algorithm: algorithm, QOP: []string{"auth"}}
		text := answer(f, c, "ann", "wrong", nil)
		f.Add(text)
		f.Add(strings.Replace(text, "auth", "auth-int", 1))
	}
	for _, v := range []string{
		"", "Digest", "digest realm=", `Digest realm="` + realm + `", nc=00000000, nonce="", qop="AUTH", response=""`,
		`Digest realm="` + realm + `", username="a\"b", uri=",,", nc=-1`, "Basic YTpi", `Digest realm="x"` + strings.Repeat(", a=b", 500),
	} {
		f.Add(v)
	}
	known := credential("ann", "secret", password, "MD5 SHA-256")
	f.Fuzz(func(t *testing.T, value string) {
		got, err := parseDigest([]string{value}, realm)
		switch {
		case err != nil && (got != nil || reason(err) != timbre.BadCredentials):
			t.Errorf("got %v and %v", got, err)
		case got != nil && got.Realm != realm:
			t.Errorf("got an answer to the realm %q", got.Realm)
		case got != nil && answers(got, known, "INVITE"):
			t.Errorf("got %q accepted", value)
		}
	})
}

// FuzzBasic reads arbitrary headers: what is read is what was encoded.
func FuzzBasic(f *testing.F) {
	for _, v := range []string{"", "Basic", "Basic ", "basic YW5uOnB3", "Basic  YTpi", basic("ann", "a:b"), "Basic YQ", "Basic \x00", "Bearer x"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, value string) {
		user, password, ok := parseBasic([]string{value})
		if !ok {
			return
		}
		if strings.Contains(user, ":") {
			t.Errorf("got user %q of %q", user, value)
		}
		again, pass, ok := parseBasic([]string{basic(user, password)})
		if !ok || again != user || pass != password {
			t.Errorf("got %q and %q of %q, then %q and %q", user, password, value, again, pass)
		}
	})
}
