package advisory

import (
	"net/http"
	"testing"
	"time"
)

// What has proven something once must not prove it twice: CVE-2025-6014 (Vault, a one-time password taken twice), RFC 7616, 3.3.
func TestReplay(t *testing.T) {
	t.Run("digest", func(t *testing.T) {
		s := serve(t)
		c := s.connector(t, "127.0.0.99/32")
		s.credential(t, c)
		ann, thief := s.peer(t, "tcp", "127.0.0.31"), s.peer(t, "tcp", "127.0.0.32")
		call := ann.recording(c)
		challenge := ann.ask(call)
		call.seq, call.headers = 2, append(call.headers, ann.proof(call, challenge, "ann", password, 1))
		answer := ann.ask(call)
		if status(answer) != 200 {
			t.Fatalf("the right password: got\n%s\nwant 200", answer)
		}
		ann.bye(call, answer)
		for who, p := range map[string]*peer{"the same peer": ann, "another": thief} {
			call.call = unique("replayed")
			if got := p.ask(call); status(got) < 400 {
				t.Errorf("%s, with an answer that was used: got\n%s\nwant a refusal", who, got)
			}
		}
	})
	t.Run("signature", func(t *testing.T) {
		folder := t.TempDir()
		s := serveIn(t, folder)
		at := time.Now()
		create := func(s *target) int {
			code, _ := do(t, sign(t, s.post(t, creation), hashOf(creation), at))
			return code
		}
		if got := create(s); got != http.StatusCreated {
			t.Fatalf("got status %d, want 201", got)
		}
		if got := create(s); got != http.StatusForbidden {
			t.Errorf("again: got status %d, want 403", got)
		}
		s.Kill()
		until(t, "next second", func() bool { return time.Now().Unix() > at.Unix() }) // requests are dated by the second, so that the start is, too
		s = serveIn(t, folder, "TIMBRE_API_LISTEN="+s.At["api"])
		if got := create(s); got < 400 || got >= 500 {
			t.Errorf("after a restart: got status %d, want a refusal", got)
		}
		if n := s.connectors(t); n != 1 {
			t.Errorf("got %d connectors, want 1", n)
		}
	})
}
