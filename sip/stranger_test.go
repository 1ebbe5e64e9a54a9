package sip

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre/admission/source"
	"timbre/environment"
)

// The shortest INVITE that a forger may send gets no more than twice its length, and a call needs the answer to a challenge.
func TestAStrangersShortestQuestionGetsAShortAnswer(t *testing.T) {
	r := runWith(t, guarded("secret", "ann"))
	p := dial(t, r, "udp")
	at := p.conn.LocalAddr().String()
	for _, method := range []string{"INVITE", "OPTIONS", "REGISTER", "BYE"} {
		short := fmt.Sprintf("%s sip:%s@h SIP/2.0\r\nv:SIP/2.0/UDP %s;branch=z9hG4bK%s\r\nf:<sip:a@b>;tag=1\r\nt:<sip:a@b>\r\ni:%[4]s\r\nCSeq:1 %[1]s\r\nm:<sip:a@b>\r\nMax-Forwards:9\r\nl:0\r\n\r\n",
			method, connectorID, at, method)
		p.send(short)
		if res := p.receive().(*gosip.Response); len(res.String()) > 2*len(short) {
			t.Errorf("%s: got %d bytes for %d:\n%s", method, len(res.String()), len(short), res)
		}
	}
}

func TestForgedDatagramsDoNotShutOutWhoTheyName(t *testing.T) {
	r := runWith(t, guarded("secret", "ann"))
	forger := dial(t, r, "udp")
	for _, network := range []string{"tcp", "udp"} {
		for i := range 60 {
			forger.send(message{method: "REGISTER", seq: 1, callID: fmt.Sprint("forged", i)}.String())
		}
		p := dial(t, r, network)
		question := recordingOf("honest-" + network).String()
		res := p.ask(question)
		if res.StatusCode != gosip.StatusUnauthorized || res.GetHeader("WWW-Authenticate") == nil {
			t.Errorf("%s: got %s, want a challenge", network, res)
		}
		if network == "udp" && len(res.String()) > len(question) {
			t.Errorf("got an answer of %d bytes to a question of %d, want no more", len(res.String()), len(question))
		}
	}
}

// What was read is counted by the source limiter, a failure with proof of the source's address alone.
func TestAWrongAnswerToItsOwnChallengeCountsAgainstASource(t *testing.T) {
	for name, c := range map[string]struct {
		echo   bool
		banned bool
	}{"with the nonce that it was told": {true, true}, "with none": {false, false}} {
		t.Run(name, func(t *testing.T) {
			b := newBenchWith(t, func(env *environment.Environment, _ *Config, limits *source.Config) { limits.Ban = time.Hour })
			*b.dir = *guarded("secret", "ann")
			challenge := challenges(t, b.attempt(t, 1))["MD5"]
			for i := range 30 {
				m := recordingOf(fmt.Sprint("try", i))
				if c.echo {
					m.headers = append(m.headers, authorization(t, challenge, digest.Options{Username: "ann", Password: "wrong", Count: i + 1}))
				}
				b.handle(from(t, "127.0.0.1", m.String()), newTransaction())
			}
			if got := b.admits.Sources().Banned(netip.MustParseAddr("127.0.0.1")); got != c.banned {
				t.Errorf("got banned %v, want %v", got, c.banned)
			}
		})
	}
}
