package transport

import (
	"fmt"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
)

// lines are the first lines of what is logged.
type lines struct{ all []string }

func (l *lines) Message(connectorID, callID string, text fmt.Stringer) {
	first, _, _ := strings.Cut(text.String(), "\r\n")
	l.all = append(l.all, connectorID+" "+callID+" "+first)
}

func (l *lines) Reception(string, timbre.Reception) {}

func TestTheSIPLogGetsATransactionOfAConnector(t *testing.T) {
	var s *Stack
	log := &lines{}
	handle := func(req *gosip.Request, tx gosip.ServerTransaction) {
		if req.Method == gosip.INVITE {
			s.LogFor(tx, "")
			s.LogFor(tx, "mine")
			s.LogFor(tx, "other") // the first one stays
		}
		ok(req, tx)
	}
	s, err := New(environment.Environment{}, Config{}, Deps{Sources: &verdicts{}, Handle: handle, SIPLog: log})
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(request(t, text("INVITE", "127.0.0.1:5099")), &transaction{})
	s.Serve(request(t, text("OPTIONS", "127.0.0.1:5099")), &transaction{})
	want := "mine call-1 INVITE sip:timbre@127.0.0.1 SIP/2.0\nmine call-1 SIP/2.0 200 OK"
	if got := strings.Join(log.all, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTheSIPLogHasNoSecrets(t *testing.T) {
	req := request(t, strings.Replace(text("INVITE", "127.0.0.1:5099"), "Max-Forwards: 70",
		"Authorization: Digest username=\"ann\", response=\"0123\"\r\nMax-Forwards: 70", 1))
	req.SetBody([]byte("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key|2^31\r\n"))
	got := redacted{req}.String()
	for _, want := range []string{`response="****"`, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:****\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	}
}
