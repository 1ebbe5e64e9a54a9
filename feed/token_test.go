package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"timbre"
)

const (
	authToken  = "12345"
	signedHost = "voice.example.com"
)

// noon is when requests are made in these tests.
var noon = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// jwt is a token of Vonage.
func jwt(secret, header, claims string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(header)) + "." + encode([]byte(claims))
	return text + "." + encode(mac(sha256.New, secret, text))
}

// claims are those of a token that was issued at a time, and is valid until another, in seconds from noon; 0: it has no end.
func claims(issued, expires int) string {
	end := ""
	if expires != 0 {
		end = fmt.Sprintf(`,"exp":%d`, noon.Unix()+int64(expires))
	}
	return fmt.Sprintf(`{"iss":"Vonage","iat":%d,"jti":"1"%s}`, noon.Unix()+int64(issued), end)
}

// The signatures of Twilio and Plivo were made by openssl, from the text that each documents.
func TestPlatformsSign(t *testing.T) {
	const hs256 = `{"alg":"HS256","typ":"JWT"}`
	for _, c := range []struct {
		name, platform, host, path string
		header                     map[string]string
		want                       bool
	}{
		{"Twilio", "twilio", signedHost, "/feed/c", map[string]string{"X-Twilio-Signature": "Z9420nn0Jn2P3wLgQwRn9eWxhV4="}, true},
		{"Twilio, a slash at the end", "twilio", signedHost, "/feed/c", map[string]string{"X-Twilio-Signature": "BUDb8WpE0w8faGZ4pl2hNrBvxQ0="}, true},
		{"Twilio, SHA-256", "twilio", signedHost, "/feed/c", map[string]string{"X-Twilio-Signature": "xw0TJjiKyaQMJbhZgpp6fw9dukL8H/N7l6fif5VNQGM="}, true},
		{"Twilio, port of the scheme", "twilio", signedHost + ":443", "/feed/c", map[string]string{"X-Twilio-Signature": "Z9420nn0Jn2P3wLgQwRn9eWxhV4="}, true},
		{"Twilio, another path", "twilio", signedHost, "/feed/d", map[string]string{"X-Twilio-Signature": "Z9420nn0Jn2P3wLgQwRn9eWxhV4="}, false},
		{"Twilio, another host", "twilio", "voice.example.org", "/feed/c", map[string]string{"X-Twilio-Signature": "Z9420nn0Jn2P3wLgQwRn9eWxhV4="}, false},
		{"Twilio, cut off", "twilio", signedHost, "/feed/c", map[string]string{"X-Twilio-Signature": "AAAA"}, false},
		{"Twilio, no base64", "twilio", signedHost, "/feed/c", map[string]string{"X-Twilio-Signature": "%"}, false},
		{"Plivo", "plivo", signedHost, "/feed/c", map[string]string{"X-Plivo-Signature-V3": "/VW5M+GAWYf2J5KhRwVYIicuB8WYMj4U0uU2NYMaPEI=", "X-Plivo-Signature-V3-Nonce": "12345678901234567890"}, true},
		{"Plivo, of the main account", "plivo", signedHost, "/feed/c", map[string]string{"X-Plivo-Signature-Ma-V3": "/VW5M+GAWYf2J5KhRwVYIicuB8WYMj4U0uU2NYMaPEI=", "X-Plivo-Signature-V3-Nonce": "12345678901234567890"}, true},
		{"Plivo, of two tokens", "plivo", signedHost, "/feed/c", map[string]string{"X-Plivo-Signature-V3": "AAAA, /VW5M+GAWYf2J5KhRwVYIicuB8WYMj4U0uU2NYMaPEI=", "X-Plivo-Signature-V3-Nonce": "12345678901234567890"}, true},
		{"Plivo, parameters", "plivo", signedHost, "/feed/c?b=2&a=1", map[string]string{"X-Plivo-Signature-V3": "NQiKtgXtI09ISrtAPW3FRc8CfVqUikkHsdPA7KBIJzk=", "X-Plivo-Signature-V3-Nonce": "12345678901234567890"}, true},
		{"Plivo, another nonce", "plivo", signedHost, "/feed/c", map[string]string{"X-Plivo-Signature-V3": "/VW5M+GAWYf2J5KhRwVYIicuB8WYMj4U0uU2NYMaPEI=", "X-Plivo-Signature-V3-Nonce": "1"}, false},
		{"Plivo, no nonce", "plivo", signedHost, "/feed/c", map[string]string{"X-Plivo-Signature-V3": "/VW5M+GAWYf2J5KhRwVYIicuB8WYMj4U0uU2NYMaPEI="}, false},
		{"Telnyx", "telnyx", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + authToken}, true},
		{"Telnyx, another token", "telnyx", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer 1234"}, false},
		{"Vonage", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, hs256, claims(-60, 60))}, true},
		{"Vonage, without an end", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "bearer " + jwt(authToken, hs256, claims(0, 0))}, true},
		{"Vonage, of another secret", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt("1", hs256, claims(0, 0))}, false},
		{"Vonage, too old", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, hs256, claims(-301, 60))}, false},
		{"Vonage, of the future", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, hs256, claims(301, 600))}, false},
		{"Vonage, expired", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, hs256, claims(-60, -1))}, false},
		{"Vonage, no algorithm", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, `{"alg":"none"}`, claims(0, 0))}, false},
		{"Vonage, no time", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer " + jwt(authToken, hs256, `{}`)}, false},
		{"Vonage, no JSON", "vonage", signedHost, "/feed/c", map[string]string{"Authorization": "Bearer a.b.c"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "http://"+c.host+c.path, nil)
			for name, value := range c.header {
				r.Header.Set(name, value)
			}
			for _, k := range kinds {
				if k.name == c.platform && (!k.signer.signed(r.Header) || k.signer.made(r, authToken, noon) != c.want) {
					t.Errorf("got %t, want %t", !c.want, c.want)
				}
			}
		})
	}
}

// startSigned is start with tokens of platforms.
func startSigned(t *testing.T, tokens ...Token) *bench {
	t.Helper()
	b := start(t, Config{}, allHealthy())
	use, err := b.server.PrepareTokens(tokens)
	if err != nil {
		t.Fatal(err)
	}
	use()
	return b
}

func TestTokenOfAPlatformThatDoesNotSignIsRefused(t *testing.T) {
	b := startSigned(t, Token{"far", "telnyx", "of far"})
	if _, err := b.server.PrepareTokens([]Token{{"far", "twilo", authToken}}); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("got error %v, want Invalid", err)
	}
	if got := b.status("/feed/far", func(h http.Header) { h.Set("Authorization", "Bearer of far") }); got != http.StatusSwitchingProtocols {
		t.Errorf("got status %d by the token before, want %d", got, http.StatusSwitchingProtocols)
	}
}

// The connector far allows no source.
func TestSignatureOfAPlatformAdmits(t *testing.T) {
	signed := func(token string) func(http.Header) {
		return func(h http.Header) { h.Set("Authorization", "Bearer "+token) }
	}
	tokens := []Token{{"far", "telnyx", "of far"}, {"far", "telnyx", "of both"}, {"near", "telnyx", "of both"}, {"shut", "telnyx", "of shut"}}
	for _, c := range []struct {
		name, path, token string
		status            int
	}{
		{"right", "/feed/far", "of far", http.StatusSwitchingProtocols},
		{"right, in another case", "/feed/FAR", "of far", http.StatusSwitchingProtocols},
		{"wrong", "/feed/far", "of nobody", http.StatusForbidden},
		{"of another connector", "/feed/far", "of shut", http.StatusForbidden},
		{"wrong, from an allowed host", "/feed/near", "of far", http.StatusForbidden},
		{"none", "/feed/far", "", http.StatusForbidden},
		{"none, from an allowed host", "/feed/near", "", http.StatusSwitchingProtocols},
		{"right, for a disabled connector", "/feed/shut", "of shut", http.StatusForbidden},
		{"it names the connector", "/feed", "of far", http.StatusSwitchingProtocols},
		{"of two connectors", "/feed", "of both", http.StatusNotFound},
		{"of two connectors, one named", "/feed/far", "of both", http.StatusSwitchingProtocols},
		{"of none", "/feed", "of nobody", http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := startSigned(t, tokens...)
			var header func(http.Header)
			if c.token != "" {
				header = signed(c.token)
			}
			if got := b.status(c.path, header); got != c.status {
				t.Errorf("got status %d, want %d", got, c.status)
			}
		})
	}
}

// What a request costs that names no connector does not grow with the connectors.
func TestSignatureMustNameOneOfManyConnectors(t *testing.T) {
	var many []Token
	for i := range maxTried {
		many = append(many, Token{fmt.Sprint("other", i), "telnyx", fmt.Sprint("of other ", i)})
	}
	b := startSigned(t, append([]Token{{"far", "telnyx", "of far"}}, many...)...)
	for path, want := range map[string]int{"/feed": http.StatusNotFound, "/feed/far": http.StatusSwitchingProtocols} {
		if got := b.status(path, func(h http.Header) { h.Set("Authorization", "Bearer of far") }); got != want {
			t.Errorf("%s: got status %d, want %d", path, got, want)
		}
	}
}

func TestSignatureMeansNothingWithoutAToken(t *testing.T) {
	b := startSigned(t, Token{"far", "twilio", authToken})
	forged := func(h http.Header) { h.Set("X-Twilio-Signature", "AAAA"); h.Set("Authorization", "Bearer x") }
	if got := b.status("/feed/near", forged); got != http.StatusSwitchingProtocols {
		t.Errorf("got status %d, want %d: no token of the connector is known", got, http.StatusSwitchingProtocols)
	}
	if got := b.status("/feed/far", forged); got != http.StatusForbidden {
		t.Errorf("got status %d, want %d", got, http.StatusForbidden)
	}
}

func TestSignedFeedIsOfItsConnectorAlone(t *testing.T) {
	b := startSigned(t, Token{"far", "telnyx", "of far"})
	s, _ := b.dial("/feed", func(h http.Header) { h.Set("Authorization", "Bearer of far") })
	s.text(`{"connectorId":"near",` + strings.TrimPrefix(startJSON("mulaw", 8000, "caller"), "{"))
	if code, _ := s.closed(); code != "forbidden" {
		t.Errorf("got code %q, want forbidden", code)
	}
}

// Vonage and Plivo sign what differs each time: who has overheard it can do nothing with it.
func TestSignatureOfAPlatformIsTakenOnce(t *testing.T) {
	const token = "of far"
	b := startSigned(t, Token{"far", "vonage", token}, Token{"far", "plivo", token})
	url := "https://" + strings.TrimPrefix(b.url, "ws://") + "/feed/far"
	for name, signed := range map[string]func(nonce int) func(http.Header){
		"Vonage": func(nonce int) func(http.Header) {
			claims := fmt.Sprintf(`{"iat":%d,"jti":"%d"}`, time.Now().Unix()+1, nonce)
			return func(h http.Header) { h.Set("Authorization", "Bearer "+jwt(token, `{"alg":"HS256"}`, claims)) }
		},
		"Plivo": func(nonce int) func(http.Header) {
			return func(h http.Header) {
				h.Set("X-Plivo-Signature-V3-Nonce", fmt.Sprint(nonce))
				h.Set("X-Plivo-Signature-V3", base64.StdEncoding.EncodeToString(mac(sha256.New, token, url+"."+fmt.Sprint(nonce))))
			}
		},
	} {
		for i, want := range []int{http.StatusSwitchingProtocols, http.StatusForbidden} {
			if got := b.status("/feed/far", signed(1)); got != want {
				t.Errorf("%s, time %d: got status %d, want %d", name, i+1, got, want)
			}
		}
		if got := b.status("/feed/far", signed(2)); got != http.StatusSwitchingProtocols {
			t.Errorf("%s, another: got status %d, want %d", name, got, http.StatusSwitchingProtocols)
		}
	}
}

// A token that was made before the start may have been used before it.
func TestTokenOfVonageFromBeforeTheStartIsRefused(t *testing.T) {
	b := startSigned(t, Token{"far", "vonage", "of far"})
	claims := fmt.Sprintf(`{"iat":%d}`, time.Now().Add(-time.Minute).Unix())
	got := b.status("/feed/far", func(h http.Header) { h.Set("Authorization", "Bearer "+jwt("of far", `{"alg":"HS256"}`, claims)) })
	if got != http.StatusServiceUnavailable {
		t.Errorf("got status %d, want %d", got, http.StatusServiceUnavailable)
	}
}

// The customers of a platform share its addresses.
func TestWrongSignaturesShutNobodyOut(t *testing.T) {
	b := startSigned(t, Token{"far", "telnyx", "of far"})
	with := func(token string) int {
		return b.status("/feed/far", func(h http.Header) { h.Set("Authorization", "Bearer "+token) })
	}
	for range 20 {
		if got := with("of another customer"); got != http.StatusForbidden {
			t.Fatalf("got status %d, want %d", got, http.StatusForbidden)
		}
	}
	if got := with("of far"); got != http.StatusSwitchingProtocols {
		t.Errorf("got status %d for the right one, want %d", got, http.StatusSwitchingProtocols)
	}
}

// FuzzPlatformSignature reads signatures: none may cause a panic, or be right by chance.
func FuzzPlatformSignature(f *testing.F) {
	f.Add("voice.example.com:443", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "Bearer a.b.c", "1")
	f.Add("[::1]:8081", "AAAA,,BBBB", "bearer "+jwt("another", `{"alg":"HS256"}`, claims(0, 0)), "")
	f.Fuzz(func(t *testing.T, host, signature, authorization, nonce string) {
		r := httptest.NewRequest(http.MethodGet, "http://x/feed/c?b&a", nil)
		r.Host = host
		r.Header = http.Header{
			"X-Twilio-Signature": {signature}, "X-Plivo-Signature-V3": {signature}, "X-Plivo-Signature-V3-Nonce": {nonce}, "Authorization": {authorization},
		}
		for _, k := range kinds {
			if k.signer != nil && k.signer.made(r, "a secret that nobody knows", noon) {
				t.Errorf("%s: got a signature that is right", k.name)
			}
		}
	})
}
