package advisory

import (
	"net/http"
	"strings"
	"testing"
)

// A page in an operator's browser must not reach a port of loopback, by a name of its own that resolves to it (CWE-350) or across origins
// (CWE-1385).
func TestRebinding(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.0/8")
	asHost := func(host string) func(*http.Request) { return func(r *http.Request) { r.Host = host } }
	from := func(origin string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Origin", origin) }
	}
	for name, change := range map[string]func(*http.Request){
		"name of a stranger": asHost("rebound.example"), "name that begins with an address": asHost("127.0.0.1.rebound.example"),
		"localhost of a stranger": asHost("localhost.rebound.example"), "page": from("https://evil.example"), "no origin": from("null"),
	} {
		for _, path := range []string{"/metrics", "/calls"} {
			if code, text := s.get(t, "admin", path, change); code < 400 {
				t.Errorf("%s: %s: got status %d and %d bytes, want a refusal", name, path, code, len(text))
			}
		}
	}
	if code, _ := s.get(t, "admin", "/metrics"); code != http.StatusOK {
		t.Errorf("got status %d without any of this, want 200", code)
	}
	upgrade := func(r *http.Request) {
		for name, value := range map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
			r.Header.Set(name, value)
		}
	}
	s.At["feed http"], _, _ = strings.Cut(strings.TrimPrefix(s.At["feed"], "ws://"), "/")
	if code, _ := s.get(t, "feed http", "/feed/"+c, upgrade, from("https://evil.example")); code != http.StatusForbidden {
		t.Errorf("a page that opens a feed: got status %d, want 403", code)
	}
}
