package trunk

import (
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
)

// reliable are the headers of a gateway's reliable response.
func reliable(rseq string) []string { return []string{"Require: 100rel", "RSeq: " + rseq} }

// rack is the RAck of a reliable response to the peer's INVITE.
func rack(t *testing.T, res *gosip.Response) string {
	t.Helper()
	wantLines(t, res, "Require: 100rel")
	return "RAck: " + header.Value(res, "rseq") + " 1 INVITE"
}

// hasSDP reports whether a message has a session description.
func hasSDP(m gosip.Message) bool { return len(m.Body()) > 0 }

func TestAReliableAnswerIsAcknowledgedEndToEnd(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Supported: timer, 100rel")
		invite := h.next(gosip.INVITE)
		wantLines(t, invite.Request, "Supported: 100rel")
		wantNone(t, invite.Request, "require")
		invite.AnswerSDP(183, audio(gw, 6000), append(reliable("9"), "Record-Route: <sip:198.51.100.1:5070;lr>")...)
		early := expect(t, a.invited, 183)
		wantLines(t, early, "m=audio 20000 RTP/AVP 0 101")
		a.answered(early)
		invite.AnswerSDP(183, audio(gw, 6000), reliable("9")...) // the gateway repeats it: it waits for the PRACK
		none(t, a.invited.Responses)
		advance(600 * time.Millisecond)
		if again := expect(t, a.invited, 183); header.Value(again, "rseq") != header.Value(early, "rseq") {
			t.Errorf("got\n%s\nwant the response once more", again)
		}
		prack := a.ask("PRACK", "", rack(t, early), "X-Note: 1")
		relayed := h.next(gosip.PRACK)
		wantLines(t, relayed.Request, "PRACK sip:gw@198.51.100.1:5060 SIP/2.0", "RAck: 9 1 INVITE", "CSeq: 2 PRACK", "Route: <sip:198.51.100.1:5070;lr>", "X-Note: 1")
		if tag := relayed.Request.To().Params.GetOr("tag", ""); tag != "gateway" {
			t.Errorf("got To tag %q, want that of the response", tag)
		}
		none(t, prack.Responses)
		relayed.Answer(200, "X-Note: 2")
		wantLines(t, expect(t, prack, 200), "X-Note: 2")
		expect(t, a.ask("PRACK", "", rack(t, early)), 481)
		advance(10 * time.Second)
		none(t, a.invited.Responses)
		invite.Answer(200)
		ok := expect(t, a.invited, 200)
		wantNone(t, ok, "rseq", "require")
		if hasSDP(ok) {
			t.Errorf("got\n%s\nwant no second answer", ok)
		}
		wait(t, h.agent.ACKs)
		a.ack("")
		<-a.returned
		for which, want := range []string{ann + ":4000", gw + ":6000"} {
			if got := h.media.spec(0, which); got.Remote.String() != want {
				t.Errorf("side %d: got remote %s, want %s", which, got.Remote, want)
			}
		}
		expect(t, a.ask("BYE", ""), 200)
		bye := h.next(gosip.BYE)
		wantLines(t, bye.Request, "CSeq: 3 BYE")
		bye.Answer(200)
	})
}

func TestReliableOffers(t *testing.T) {
	for name, c := range map[string]struct{ first, prack, answer, final string }{
		"the gateway's, answered in the PRACK":     {prack: audio(ann, 4000)},
		"the gateway's, repeated in the 200":       {prack: audio(ann, 4000), final: audio(gw, 6000)},
		"the caller's second one, in the PRACK":    {first: audio(ann, 3999), prack: audio(ann, 4000), answer: audio(gw, 6000)},
		"the same, and the last answer in the 200": {first: audio(ann, 3999), prack: audio(ann, 4000), answer: audio(gw, 6000), final: audio(gw, 6000)},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(c.first, "Require: 100rel")
				invite := h.next(gosip.INVITE)
				wantLines(t, invite.Request, "Require: 100rel")
				invite.AnswerSDP(183, audio(gw, 5999), reliable("1")...)
				early := expect(t, a.invited, 183)
				wantLines(t, early, "m=audio 20000 RTP/AVP 0 101")
				a.answered(early)
				prack := a.ask("PRACK", c.prack, rack(t, early))
				relayed := h.next(gosip.PRACK)
				wantLines(t, relayed.Request, "m=audio 30000 RTP/AVP 0 101")
				relayed.AnswerSDP(200, c.answer)
				if ok := expect(t, prack, 200); hasSDP(ok) != (c.answer != "") {
					t.Errorf("got\n%s\nwant a description: %v", ok, c.answer != "")
				}
				invite.AnswerSDP(200, c.final)
				ok := expect(t, a.invited, 200)
				if ack := wait(t, h.agent.ACKs); hasSDP(ack) {
					t.Errorf("got\n%s\nwant no second answer", ack)
				}
				a.ack("")
				<-a.returned
				if got := h.media.spec(0, caller); got.Remote.String() != ann+":4000" {
					t.Errorf("got remote %s, want that of the PRACK", got.Remote)
				}
				if hasSDP(ok) && c.first == "" {
					t.Errorf("got\n%s\nwant no second offer", ok)
				}
				advance(16 * time.Minute) // the session is refreshed with what was sent last
				for range 2 {
					refresh := h.next(gosip.INVITE)
					if !hasSDP(refresh.Request) {
						t.Errorf("got\n%s\nwant a description", refresh.Request)
					}
					refresh.AnswerSDP(200, audio(gw, 6000))
					wait(t, h.agent.ACKs)
					advance(4 * time.Second) // the other side waits for the end of this one's
				}
			})
		})
	}
}

func TestReliabilityOfEachSide(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) { // a gateway that cannot do what the caller requires, but answers
		a := h.call(audio(ann, 4000), "Require: 100rel")
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		ringing := expect(t, a.invited, 180)
		a.answered(ringing)
		invite.AnswerSDP(183, audio(gw, 6000))
		none(t, a.invited.Responses) // the next one waits for the first PRACK
		expect(t, a.ask("PRACK", "", rack(t, ringing)), 200)
		early := expect(t, a.invited, 183)
		invite.AnswerSDP(200, audio(gw, 6000))
		none(t, a.invited.Responses) // and the answer for that of a description
		expect(t, a.ask("PRACK", "", "RAck: 1 2 INVITE"), 481)
		expect(t, a.ask("PRACK", "", "RAck: x"), 400)
		expect(t, a.ask("PRACK", audio(ann, 4004), rack(t, early)), 488)
		expect(t, a.ask("PRACK", "", rack(t, early)), 200)
		expect(t, a.invited, 200)
		wait(t, h.agent.ACKs)
		a.ack("")
		<-a.returned
		none(t, h.agent.Sent)
	})
	in(t, Config{}, func(t *testing.T, h *bench) { // a caller that knows nothing of it
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		if strings.Contains(invite.Request.String(), "100rel") {
			t.Errorf("got\n%s\nwant no 100rel", invite.Request)
		}
		invite.Answer(180, reliable("1")...)
		wantNone(t, expect(t, a.invited, 180), "require", "rseq")
		refuse(t, a, invite, 486)
	})
	in(t, Config{}, func(t *testing.T, h *bench) { // a gateway that refuses
		a := h.call(audio(ann, 4000), "Require: 100rel")
		invite := h.next(gosip.INVITE)
		invite.Answer(420, "Unsupported: 100rel")
		wantLines(t, expect(t, a.invited, 420), "Unsupported: 100rel")
		<-a.returned
	})
}

// refuse ends a call by a refusal of the gateway.
func refuse(t *testing.T, a *peer, invite *dialogtest.ClientTx, code int) {
	t.Helper()
	invite.Answer(code)
	expect(t, a.invited, code)
	<-a.returned
}

func TestACallWhoseReliableResponseIsNotAcknowledgedIsRefused(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Supported: 100rel")
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(183, audio(gw, 6000), reliable("1")...)
		advance(33 * time.Second)
		for range 7 { // after 0, 0.5, 1.5, 3.5 … 31.5 s
			expect(t, a.invited, 183)
		}
		expect(t, a.invited, 504)
		<-a.returned
		h.next(gosip.CANCEL).Answer(200)
		invite.Answer(487)
	})
}

func TestAReliableAnswerIsForGood(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Supported: 100rel", "routes: "+gw+" 198.51.100.2")
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(183, audio(gw, 6000), reliable("1")...)
		early := expect(t, a.invited, 183)
		a.answered(early)
		prack := a.ask("PRACK", "", rack(t, early))
		relayed := h.next(gosip.PRACK)
		invite.Answer(503) // another gateway would answer otherwise
		expect(t, a.invited, 503)
		<-a.returned
		relayed.Answer(481)
		expect(t, prack, 200)
		none(t, h.agent.Sent)
	})
}

func TestForksOfAGatewayAreAcknowledgedEach(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Supported: 100rel")
		invite := h.next(gosip.INVITE)
		for i, tag := range []string{"one", "two"} {
			invite.Answer(180, append(reliable("7"), "tag: "+tag, "Contact: <sip:"+tag+"@198.51.100.1:5060>")...)
			res := expect(t, a.invited, 180)
			a.answered(res)
			prack := a.ask("PRACK", "", rack(t, res))
			relayed := h.next(gosip.PRACK)
			wantLines(t, relayed.Request, "PRACK sip:"+tag+"@198.51.100.1:5060 SIP/2.0", "RAck: 7 1 INVITE")
			if got := relayed.Request.To().Params.GetOr("tag", ""); got != tag || relayed.Request.CSeq().SeqNo != uint32(2+i) {
				t.Errorf("got\n%s\nwant tag %s and CSeq %d", relayed.Request, tag, 2+i)
			}
			relayed.Answer(200, "tag: "+tag)
			expect(t, prack, 200)
		}
		invite.Answer(180, append(reliable("9"), "tag: one")...) // one before it is missing
		none(t, a.invited.Responses)
		refuse(t, a, invite, 486)
	})
}
