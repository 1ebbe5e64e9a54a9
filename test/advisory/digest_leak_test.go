package advisory

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A digest leaks if whoever is behind a gateway can make the server answer a challenge of its own with the gateway's password:
// CVE-2021-41158 (FreeSWITCH). The stranger is named by the gateway's Contact, and challenges what is sent there.
func TestDigestLeak(t *testing.T) {
	s := serve(t, "TIMBRE_TRUNK_CREDENTIALS=127.0.0.20=user:the password of the gateway")
	c := s.connector(t, "127.0.0.1/32")
	ann, gateway, stranger := s.peer(t, "udp", "127.0.0.1"), s.peer(t, "udp", "127.0.0.20"), s.peer(t, "udp", "127.0.0.77")
	s.route(t, c, gateway)

	call := ann.bridged(c)
	ann.send(ann.text(call))
	gateway.reply(gateway.receive("^INVITE"), "200 OK", offer(gateway.host, 41000), fmt.Sprintf("Contact: <sip:x@%s:%d>", stranger.host, stranger.port))
	answer := ann.answer(call)
	again := call
	again.seq, again.tag, again.body = 2, tag(answer), call.body+"a=ptime:20\r\n"
	ann.send(ann.text(again))
	bye := request{method: "BYE", uri: call.uri, call: call.call, seq: 3, tag: again.tag}
	ann.send(ann.text(bye))

	const challenge = `Proxy-Authenticate: Digest realm="chosen by the stranger", nonce="likewise", algorithm=MD5, qop="auth"`
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline); {
		got := stranger.next(time.Until(deadline))
		if strings.Contains(got, "Authorization: Digest") {
			t.Fatalf("the stranger got a proof of the gateway's password:\n%s", got)
		}
		if got != "" && !strings.HasPrefix(got, "ACK") {
			stranger.reply(got, "407 Proxy Authentication Required", "", challenge)
		}
	}
	s.answersCalls(t, c)
}
