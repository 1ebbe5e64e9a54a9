// Package dialogtest states what every user of a SIP dialog promises its peer (RFC 3261, 12 to 15, and RFC 4028), as a suite
// that runs over UDP against any user agent, which answers or sends an INVITE.
package dialogtest

import (
	"strconv"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// User is the side of a dialog that is tested.
type User struct {
	HangUp func() // ends the dialog; it may wait for the response to its BYE
	Timers bool   // it supports session timers
}

// Run runs the suite. Start establishes a dialog with the peer, by its Call or by its Answer.
func Run(t *testing.T, start func(t *testing.T, p *Peer) User) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, p *Peer, start func() User)
	}{
		{"BYE ends the dialog", byeEnds},
		{"a request out of order is refused", outOfOrder},
		{"a request of another dialog is refused", otherDialog},
		{"a 2xx is repeated until its ACK", repeatedAnswer},
		{"a repeated 2xx is acknowledged again", repeatedACK},
		{"BYE goes the way of the dialog", byeGoes},
		{"a target refresh moves the dialog", targetRefresh},
		{"a SIPS address is answered with a SIPS Contact", sipsContact},
		{"a short session is refused", shortSession},
		{"an option tag is compared whole", optionTag},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPeer(t, "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 30000 RTP/AVP 0\n")
			c.test(t, p, func() User { return start(t, p) })
		})
	}
}

// code checks the status of a response.
func code(t *testing.T, res *gosip.Response, want int) {
	t.Helper()
	if res.StatusCode != want {
		t.Errorf("got\n%s\nwant %d", res, want)
	}
}

// bye has the user hang up, and returns its BYE, which it answers.
func bye(p *Peer, u User) *gosip.Request {
	p.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		u.HangUp()
	}()
	req := p.next(gosip.BYE)
	p.respond(req, 200, "")
	<-done
	return req
}

func byeEnds(t *testing.T, p *Peer, start func() User) {
	start()
	code(t, p.ask("BYE", ""), 200)
	code(t, p.ask("OPTIONS", ""), 481)
}

func outOfOrder(t *testing.T, p *Peer, start func() User) {
	u := start()
	p.seq = 10
	code(t, p.ask("OPTIONS", ""), 200)
	p.send("OPTIONS", 5, "")
	code(t, p.final("OPTIONS"), 500)
	code(t, p.ask("OPTIONS", ""), 200)
	bye(p, u)
}

func otherDialog(t *testing.T, p *Peer, start func() User) {
	u := start()
	remote := p.remote
	p.remote = strings.Replace(remote, "tag="+p.tags[1], "tag=another", 1)
	for _, method := range []string{"OPTIONS", "UPDATE", "BYE", "INVITE"} {
		res := p.ask(method, "")
		code(t, res, 481)
		if method == "INVITE" {
			p.ack()
		}
	}
	p.remote = remote
	bye(p, u)
}

func repeatedAnswer(t *testing.T, p *Peer, start func() User) {
	u := start()
	first := p.ask("INVITE", p.sdp)
	code(t, first, 200)
	again := p.final("INVITE")
	code(t, again, 200)
	if got, want := string(again.Body()), string(first.Body()); got != want || len(got) == 0 {
		t.Errorf("got the body\n%s\nwant, once more,\n%s", got, want)
	}
	if first.Contact() == nil || first.To().Params.GetOr("tag", "") != p.tags[1] {
		t.Errorf("got\n%s\nwant a Contact, and the tag of the dialog", first)
	}
	p.ack()
	if m := p.look(2*gosip.T1 + 200*time.Millisecond); m != nil {
		t.Errorf("got\n%s\nafter the ACK, want nothing", m)
	}
	bye(p, u)
}

func repeatedACK(t *testing.T, p *Peer, start func() User) {
	u := start()
	if p.invited {
		p.write(p.answer.String())
		if ack := p.next(gosip.ACK); ack.CSeq().SeqNo != p.answer.CSeq().SeqNo {
			t.Errorf("got an ACK of CSeq %d, want %d", ack.CSeq().SeqNo, p.answer.CSeq().SeqNo)
		}
	}
	bye(p, u)
}

func byeGoes(t *testing.T, p *Peer, start func() User) {
	p.Routed = true
	u := start()
	req := bye(p, u)
	for _, c := range []struct{ what, got, want string }{
		{"request URI", req.Recipient.String(), strings.Trim(p.contact, "<>")},
		{"Route", routesOf(req), "<sip:" + p.Addr().String() + ";lr>, <sip:192.0.2.7;lr>"},
		{"Call-ID", req.CallID().Value(), p.callID},
		{"From tag", req.From().Params.GetOr("tag", ""), p.tags[1]},
		{"To tag", req.To().Params.GetOr("tag", ""), p.tags[0]},
		{"CSeq method", string(req.CSeq().MethodName), "BYE"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, c.got, c.want)
		}
	}
	if p.invited && req.CSeq().SeqNo <= p.answer.CSeq().SeqNo {
		t.Errorf("got CSeq %d after %d, want more", req.CSeq().SeqNo, p.answer.CSeq().SeqNo)
	}
}

func targetRefresh(t *testing.T, p *Peer, start func() User) {
	u := start()
	p.contact = "<sip:moved@" + p.Addr().String() + ">"
	code(t, p.ask("UPDATE", ""), 200)
	if got, want := bye(p, u).Recipient.String(), strings.Trim(p.contact, "<>"); got != want {
		t.Errorf("got a BYE to %s, want %s", got, want)
	}
}

func sipsContact(t *testing.T, p *Peer, start func() User) {
	p.SIPS = true
	u := start()
	if scheme := p.answer.Contact().Address.Scheme; !p.invited && scheme != "sips" {
		t.Errorf("got a Contact of %s, want sips", scheme)
	}
	bye(p, u)
}

func shortSession(t *testing.T, p *Peer, start func() User) {
	u := start()
	res := p.ask("UPDATE", "", "Supported: timer", "Session-Expires: 60")
	if u.Timers {
		code(t, res, 422)
		if least, _ := strconv.Atoi(header.Value(res, "min-se")); least < 90 {
			t.Errorf("got Min-SE %q, want 90 or more", header.Value(res, "min-se"))
		}
	}
	bye(p, u)
}

func optionTag(t *testing.T, p *Peer, start func() User) {
	u := start()
	res := p.ask("UPDATE", "", "Supported: x-notimers", "Session-Expires: 1800;refresher=uac")
	code(t, res, 200)
	if header.Has(res, "require", "timer") {
		t.Errorf("got\n%s\nwant no timer that the peer does not know of", res)
	}
	bye(p, u)
}
