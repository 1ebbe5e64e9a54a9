package advisory

import (
	"fmt"
	"net/http"
	"testing"
)

// A lock against guessing must not be turned against somebody else (CWE-645): failures in packets that anybody may have forged do not shut
// out the host that they name.
func TestLockoutTurnedAgainstOthers(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.99/32")
	s.credential(t, c)
	const victim = "127.0.0.41"
	for range 3 {
		forger := s.peer(t, "udp", victim)
		for range 20 { // wrong proofs, without waiting for what a forger does not see
			call := forger.recording(c)
			call.headers = append(call.headers, `Authorization: Digest username="ann", realm="x", nonce="forged", uri="`+call.uri+`", response="0123456789abcdef0123456789abcdef"`)
			forger.send(forger.text(call))
		}
	}
	until(t, "refusal", func() bool { return s.metric(t, `timbre_sip_(?:rejected|dropped)_total\{.*\}`) >= 20 })
	if got := s.metric(t, "timbre_sip_banned_sources"); got != 0 {
		t.Errorf("got %v sources banned for what others can forge, want none", got)
	}
	s.takes(t, c, "udp", victim) // at first: it would be known by the other
	s.takes(t, c, "tcp", victim)
}

// takes fails the test unless a call with the right password from a host is taken.
func (s *target) takes(t *testing.T, c, network, host string) {
	t.Helper()
	ann := s.peer(t, network, host)
	call := ann.recording(c)
	challenge := ann.ask(call)
	if status(challenge) != 401 {
		t.Fatalf("a call from %s by %s: got\n%s\nwant a challenge", host, network, challenge)
	}
	call.seq, call.headers = 2, append(call.headers, ann.proof(call, challenge, "ann", password, 1))
	answer := ann.ask(call)
	if status(answer) != 200 {
		t.Fatalf("the right password from %s by %s: got\n%s\nwant 200", host, network, answer)
	}
	ann.bye(call, answer)
}

// A limit for all strangers must not be turned against one of them: the hosts of one network, each within its own limit and none of them
// failing, leave the others theirs.
func TestLimitTurnedAgainstOthers(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.99/32")
	s.credential(t, c)
	for host := range 40 {
		p := s.peer(t, "tcp", fmt.Sprintf("127.0.7.%d", host+1))
		for range 18 {
			p.send(p.text(request{method: "BYE", uri: "sip:x@127.0.0.1", call: unique("none"), tag: ";tag=none"}))
		}
	}
	until(t, "drop", func() bool { return s.metric(t, `timbre_sip_dropped_total\{reason="unknown_total"\}`) >= 100 })
	if got := s.metric(t, "timbre_sip_banned_sources"); got != 0 {
		t.Errorf("got %v sources banned for ending calls that are over, want none", got)
	}
	s.takes(t, c, "tcp", "127.0.8.1")
	s.takes(t, c, "udp", "127.0.8.2")
}

// Another spelling of the same name must not be a new account to guess at: CVE-2025-6004 (Vault).
func TestLockoutBypass(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.99/32")
	s.credential(t, c)
	spellings := []string{"ann", "Ann", "ANN", " ann", "ann ", "a\u00e3nn", "ann\x00"}
	last := 0
	for i := range 14 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http"+s.At["feed"][2:]+"/"+c, http.NoBody)
		must(t, err)
		r.SetBasicAuth(spellings[i%len(spellings)], "guess")
		for name, value := range map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
			r.Header.Set(name, value)
		}
		last, _ = do(t, r)
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("got status %d for the last of 14 guesses, want 429", last)
	}
}
