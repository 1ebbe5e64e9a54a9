package advisory

import (
	"strings"
	"testing"
	"time"
)

// Who forges a source must not make the server send more than it is sent (CWE-406), nor make it call at a third host's door, as with
// CVE-2022-26143 (Mitel).
func TestAmplification(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	s.credential(t, c)
	short := func(method, uri string) string {
		return method + " " + uri + " SIP/2.0\r\nv:SIP/2.0/UDP a;branch=z9hG4bK" + unique("") + ";rport\r\nf:<sip:a@b>;tag=1\r\nt:<sip:a@b>\r\ni:" + unique("") +
			"\r\nCSeq:1 " + method + "\r\nm:<sip:a@b>\r\nl:0\r\n\r\n"
	}
	for name, text := range map[string]string{
		"OPTIONS": short("OPTIONS", "sip:a"), "INVITE that is challenged": short("INVITE", "sip:"+c+"@a"), "INVITE to nobody": short("INVITE", "sip:a"),
		"unknown method": short("FOO", "sip:a"), "what cannot be read": strings.Replace(short("INVITE", "sip:a"), "CSeq:1", "CSeq:x", 1),
		"extension": strings.Replace(short("INVITE", "sip:"+c+"@a"), "l:0", "Require: "+strings.Repeat("x,", 20)+"\r\nl:0", 1),
	} {
		t.Run(name, func(t *testing.T) {
			p := s.peer(t, "udp", "127.0.0.71")
			p.send(text)
			got := 0
			for answer := p.next(700 * time.Millisecond); answer != ""; answer = p.next(700 * time.Millisecond) {
				got += len(answer)
			}
			if got > 2*len(text) {
				t.Errorf("got %d bytes for %d, want at most twice as many", got, len(text))
			}
		})
	}
	t.Run("host that a description names", func(t *testing.T) {
		ann, victim := s.peer(t, "udp", "127.0.0.1"), media(t, "127.0.0.88")
		call := ann.recording(c)
		call.body = offer("127.0.0.88", victim.port())
		answer := ann.ask(call)
		if got := victim.hears(6 * time.Second); len(got) > 0 {
			t.Errorf("a host that has sent nothing got %d datagrams, want none", len(got))
		}
		ann.bye(call, answer)
	})
}
