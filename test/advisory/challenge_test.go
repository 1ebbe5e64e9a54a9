package advisory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A gateway that challenges every answer to its challenge must not be answered for ever: CVE-2020-28242, AST-2020-002 (Asterisk).
func TestEndlessChallenge(t *testing.T) {
	s := serve(t, "TIMBRE_TRUNK_CREDENTIALS=127.0.0.20=user:the password of the gateway")
	c := s.connector(t, "127.0.0.1/32")
	ann, gateway := s.peer(t, "udp", "127.0.0.1"), s.peer(t, "udp", "127.0.0.20")
	s.route(t, c, gateway)
	call := ann.bridged(c)
	ann.send(ann.text(call))
	seen := map[string]bool{} // INVITEs by their CSeq
	for {
		got := gateway.next(2 * time.Second)
		if got == "" {
			break
		}
		if strings.HasPrefix(got, "INVITE") {
			seen[header(got, "CSeq")] = true
			gateway.reply(got, "401 Unauthorized", "", fmt.Sprintf(`WWW-Authenticate: Digest realm="r", nonce="n%d", algorithm=SHA-256, qop="auth"`, len(seen)))
		}
	}
	if len(seen) == 0 || len(seen) > 3 {
		t.Errorf("got %d INVITEs at a gateway that challenges them all, want 1 to 3", len(seen))
	}
	if got := ann.answer(call); status(got) < 400 {
		t.Errorf("got\n%s\nwant a refusal", got)
	}
}
