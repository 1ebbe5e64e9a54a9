package advisory

import (
	"strings"
	"testing"
	"time"
)

// A stranger must not learn from answers which users and connectors there are: CVE-2018-12227, AST-2018-008 (Asterisk); CVE-2023-3462,
// CVE-2025-6011 (Vault). Who guesses sees the same challenge and the same refusal for what there is and for what there is not.
func TestEnumeration(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.99/32")
	s.credential(t, c)
	hidden := s.connector(t, "127.0.0.99/32")
	t.Run("users", func(t *testing.T) {
		got := map[string]int{}
		for _, user := range []string{"ann", "bob"} {
			p := s.peer(t, "tcp", "127.0.0.31")
			call := p.recording(c)
			challenge := p.ask(call)
			call.seq, call.headers = 2, append(call.headers, p.proof(call, challenge, user, "a wrong password", 1))
			got[user] = status(p.ask(call))
		}
		if got["ann"] != got["bob"] || got["ann"] < 400 {
			t.Errorf("got %v for a user with a wrong password and for one that does not exist, want the same refusal", got)
		}
	})
	t.Run("connectors", func(t *testing.T) {
		got := map[string]string{}
		for name, id := range map[string]string{"hidden": hidden, "none": "nosuchconnector0000000"} {
			p := s.peer(t, "tcp", "127.0.0.32")
			got[name] = firstLine(p.ask(p.recording(id)))
		}
		if got["hidden"] != got["none"] || !strings.HasPrefix(got["none"], "SIP/2.0 4") {
			t.Errorf("got %v for a connector of others and for one that does not exist, want the same refusal", got)
		}
	})
	t.Run("connectors, by feed", func(t *testing.T) {
		got := map[string]string{}
		for name, id := range map[string]string{"hidden": hidden, "with users": c, "none": "nosuchconnector0000000"} {
			answer, _ := exchange(t, s.dial(t, "feed", "127.0.0.32"), "GET /feed/"+id+" HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", time.Second)
			_, body, _ := strings.Cut(answer, "\r\n\r\n")
			got[name] = firstLine(answer) + " " + body
		}
		if got["hidden"] != got["none"] || got["with users"] != got["none"] || !strings.HasPrefix(got["none"], "HTTP/1.1 4") {
			t.Errorf("got %q for connectors of others and for one that does not exist, want the same refusal", got)
		}
	})
}

func firstLine(message string) string {
	line, _, _ := strings.Cut(message, "\r\n")
	return line
}
