package advisory

import (
	"testing"
	"time"
)

// Methods beside INVITE must not do anything without proof: CVE-2021-37624 (FreeSWITCH, MESSAGE), CVE-2021-41157 (FreeSWITCH,
// SUBSCRIBE), CVE-2024-35190 (Asterisk, requests of nobody taken for those of a known endpoint).
func TestUnauthenticatedMethods(t *testing.T) {
	s := serve(t, "TIMBRE_SIP_BAN=0")
	c := s.connector(t, "127.0.0.1/32")
	methods := []string{"MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REGISTER", "REFER", "INFO", "UPDATE", "PRACK", "BYE", "CANCEL"}
	for who, host := range map[string]string{"stranger": "127.0.0.33", "allowed host": "127.0.0.1"} {
		for _, method := range methods {
			t.Run(method+" of a "+who, func(t *testing.T) {
				p := s.peer(t, "tcp", host)
				r := request{
					method: method, uri: "sip:" + c + "@127.0.0.1", call: unique("call"),
					headers: []string{"Event: presence", "Refer-To: <sip:x@127.0.0.1>", "RAck: 1 1 INVITE", "Expires: 60"},
				}
				p.send(p.text(r))
				if got := p.next(5 * time.Second); got != "" && status(got) < 400 {
					t.Errorf("got\n%s\nwant a refusal", got)
				}
			})
		}
	}
	if got := s.metric(t, "timbre_call_live"); got != 0 {
		t.Errorf("got %v live calls, want none", got)
	}
	s.answersCalls(t, c)
}
