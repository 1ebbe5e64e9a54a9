package advisory

import (
	"testing"
	"time"
)

// A call must be ended by its peers alone: a stranger that has heard its Call-ID, or guesses it, does not (CWE-290).
func TestForgedTeardown(t *testing.T) {
	s := serve(t, "TIMBRE_SIP_BAN=0")
	c := s.connector(t, "127.0.0.1/32")
	ann := s.peer(t, "udp", "127.0.0.1")
	call := ann.recording(c)
	answer := ann.ask(call)
	if status(answer) != 200 {
		t.Fatalf("got\n%s\nwant 200", answer)
	}
	for name, forged := range map[string]request{
		"BYE without a tag":       {method: "BYE", seq: 5},
		"BYE with another tag":    {method: "BYE", seq: 5, tag: ";tag=guess"},
		"CANCEL":                  {method: "CANCEL", seq: 1},
		"re-INVITE without a tag": {method: "INVITE", seq: 5, body: "v=0\r\n"},
		"UPDATE with another tag": {method: "UPDATE", seq: 5, tag: ";tag=guess", body: offer("127.0.0.66", 9)},
	} {
		for _, host := range []string{"127.0.0.66", "127.0.0.1"} {
			p := s.peer(t, "udp", host)
			forged.uri, forged.call = call.uri, call.call
			p.send(p.text(forged))
			if got := p.next(300 * time.Millisecond); got != "" && status(got) < 300 && status(got) >= 200 {
				t.Errorf("%s of %s: got\n%s\nwant a refusal", name, host, got)
			}
		}
	}
	if got := ann.ask(request{method: "OPTIONS", uri: call.uri, call: call.call, seq: 2, tag: tag(answer)}); status(got) != 200 {
		t.Errorf("got\n%s\nwant the call alive", got)
	}
}
