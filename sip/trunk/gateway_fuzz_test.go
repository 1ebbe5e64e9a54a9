package trunk

import (
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
)

// FuzzGateway lets a gateway answer an INVITE by two responses of any text, and all else that it is sent by 200. Both ends change the session
// as soon as they can. The caller gets a final response, each INVITE ends, and the call leaves nothing behind.
func FuzzGateway(f *testing.F) {
	const head = " Says The Peer\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:c@d>;tag=gateway\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n" +
		"Contact: <sip:gw@198.51.100.1:5060>\r\n"
	described := "Content-Type: application/sdp\r\n\r\n" + dialogtest.CRLF(audio(gw, 6000))
	for _, seed := range [][2]string{
		{"180" + head + "\r\n", "200" + head + described},
		{"183" + head + described, "200" + head + described},
		{"183" + head + "Require: 100rel\r\nRSeq: 1\r\n" + described, "486" + head + "Retry-After: 5\r\n\r\n"},
		{"407" + head + "Proxy-Authenticate: Digest realm=\"gw\", nonce=\"n1\", qop=\"auth\"\r\n\r\n", "200" + head + described},
		{"422" + head + "Min-SE: 3600\r\n\r\n", "503" + head + "\r\n"},
		{"302" + head + "\r\n", "200" + head + "\r\n"},
		{"200" + head + "Record-Route: <sip:p;lr>, <sip:q>\r\nSession-Expires: 90;refresher=uac\r\n" + described, "200" + head + described},
	} {
		f.Add("SIP/2.0 "+seed[0], "SIP/2.0 "+seed[1])
	}
	cfg := Config{Credentials: map[string]Credential{gw: {Username: "timbre", Password: "secret"}}}
	f.Fuzz(func(t *testing.T, first, second string) {
		var answers []*gosip.Response
		for _, text := range []string{first, second} {
			msg, err := header.Parse([]byte(text))
			res, is := msg.(*gosip.Response)
			if err != nil || !is || res.From() == nil || res.To() == nil || res.CSeq() == nil || res.CallID() == nil || res.Via() == nil {
				return // the stack lets no such response through
			}
			answers = append(answers, res)
		}
		in(t, cfg, func(t *testing.T, h *bench) {
			a := h.call(audio(ann, 4000), "Supported: 100rel", takesUpdate)
			invites := h.serve(&answers)
			a.acknowledge()
			a.ask("UPDATE", audio(ann, 4002))
			gatewayOf(h, h.invited).ask("UPDATE", audio(gw, 6002))
			for range 8 { // until all is answered or has expired
				invites += h.serve(&answers)
				advance(2 * time.Minute)
			}
			if final := a.final(); final == 0 {
				t.Errorf("got no final response for the caller")
			} else if final < 300 {
				a.ask("BYE", "")
				h.serve(&answers)
			}
			if invites > 4 {
				t.Errorf("got %d INVITEs, want a few", invites)
			}
		})
	})
}

// serve answers what the gateway is sent: INVITEs by the responses that are left, then not at all, the rest by 200. It returns how many
// INVITEs there were.
func (h *bench) serve(answers *[]*gosip.Response) (invites int) {
	var invite *dialogtest.ClientTx
	for {
		synctest.Wait()
		select {
		case tx := <-h.agent.Sent:
			if !tx.Request.IsInvite() {
				tx.Answer(200)
				continue
			}
			invite, h.invited = tx, tx.Request
			invites++
		case <-h.agent.ACKs:
		default:
			if invite == nil || len(*answers) == 0 {
				return invites
			}
			res := (*answers)[0]
			*answers = (*answers)[1:]
			invite.Deliver(res)
		}
	}
}

// acknowledge sends the PRACKs of the provisional responses so far.
func (p *peer) acknowledge() {
	for len(p.invited.Responses) > 0 {
		res := <-p.invited.Responses
		if p.answered(res); res.StatusCode >= 200 {
			p.invited.Responses <- res // for final
			return
		}
		p.ask("PRACK", "", "RAck: "+header.Value(res, "rseq")+" 1 INVITE")
	}
}

// final is the status of the final response to the caller; 0: there is none.
func (p *peer) final() int {
	for {
		select {
		case res := <-p.invited.Responses:
			if p.answered(res); res.StatusCode >= 200 {
				return res.StatusCode
			}
		default:
			return 0
		}
	}
}
