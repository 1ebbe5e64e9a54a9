package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/header"
)

const takesUpdate = "Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE"

// ringing is a call in which a first answer was exchanged for good, in a reliable 183 and its PRACK: the caller, the gateway, and the INVITE
// to it.
func ringing(h *bench, allow string) (a, b *peer, invite *dialogtest.ClientTx) {
	h.t.Helper()
	a = h.call(audio(ann, 4000), "Supported: 100rel", takesUpdate)
	invite = h.next(gosip.INVITE)
	invite.AnswerSDP(183, audio(gw, 6000), append(reliable("5"), allow)...)
	early := expect(h.t, a.invited, 183)
	a.answered(early)
	prack := a.ask("PRACK", "", rack(h.t, early))
	h.next(gosip.PRACK).Answer(200)
	expect(h.t, prack, 200)
	return a, gatewayOf(h, invite.Request), invite
}

// pickUp answers a ringing call, and ends it: all is as in any other.
func pickUp(h *bench, a *peer, invite *dialogtest.ClientTx, sdp string) {
	h.t.Helper()
	invite.AnswerSDP(200, sdp, takesUpdate)
	a.answered(expect(h.t, a.invited, 200))
	wait(h.t, h.agent.ACKs)
	a.ack("")
	<-a.returned
	expect(h.t, a.ask("BYE", ""), 200)
	h.next(gosip.BYE).Answer(200)
}

func TestUPDATEBeforeTheAnswerIsRelayed(t *testing.T) {
	for which, name := range []string{"caller", "gateway"} {
		for _, last := range []string{"", "again"} {
			t.Run("of the "+name+last, func(t *testing.T) {
				in(t, Config{}, func(t *testing.T, h *bench) {
					a, b, invite := ringing(h, takesUpdate)
					x, from, to, mine, theirs := a, ann, gw, "20000", "30000"
					if which == callee {
						x, from, to, mine, theirs = b, gw, ann, "30000", "20000"
					}
					for i, direction := range []string{"sendonly", "sendrecv"} {
						asked := x.ask("UPDATE", audio(from, 4100+10*i, "a="+direction))
						relayed := h.next(gosip.UPDATE)
						wantLines(t, relayed.Request, "m=audio "+theirs+" RTP/AVP 0 101", "a="+direction)
						if tag := relayed.Request.To().Params.GetOr("tag", ""); which == caller && tag != "gateway" {
							t.Errorf("got\n%s\nwant it in the early dialog", relayed.Request)
						}
						relayed.AnswerSDP(200, audio(to, 6100+10*i))
						wantLines(t, expect(t, asked, 200), "m=audio "+mine+" RTP/AVP 0 101")
					}
					for side, want := range map[int]uint16{which: 4110, 1 - which: 6110} {
						if got := h.media.spec(0, side).Remote.Port(); got != want {
							t.Errorf("side %d: got media from port %d, want %d", side, got, want)
						}
					}
					if last != "" {
						last = audio(gw, map[int]int{caller: 6110, callee: 4110}[which])
					}
					pickUp(h, a, invite, last)
				})
			})
		}
	}
}

func TestASessionIsRefreshedWithWhatWasAgreedBeforeTheAnswer(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, invite := ringing(h, takesUpdate)
		asked := b.ask("UPDATE", audio(gw, 6100))
		h.next(gosip.UPDATE).AnswerSDP(200, audio(ann, 4100))
		expect(t, asked, 200)
		invite.Answer(200)
		a.answered(expect(t, a.invited, 200))
		wait(t, h.agent.ACKs)
		a.ack("")
		<-a.returned
		refreshed := a.ask("INVITE", audio(ann, 4100)) // what it has said last
		wantLines(t, expect(t, refreshed, 200), "m=audio 20000 RTP/AVP 0 101")
		none(t, h.agent.Sent)
	})
}

func TestWhatComesTooEarlyIsRefused(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "Supported: 100rel", takesUpdate)
		invite := h.next(gosip.INVITE)
		invite.Answer(180, takesUpdate)
		a.answered(expect(t, a.invited, 180))
		b := gatewayOf(h, invite.Request)
		expect(t, b.ask("UPDATE", audio(gw, 6100)), 491) // the offer in the INVITE is not answered
		offered := a.ask("UPDATE", audio(ann, 4100))
		advance(claimTimeout)
		if res := expect(t, offered, 500); header.Value(res, "retry-after") == "" {
			t.Errorf("got\n%s\nwant Retry-After", res)
		}
		expect(t, a.ask("UPDATE", ""), 200) // no offer: a refresh of the target
		expect(t, b.ask("UPDATE", ""), 200)
		expect(t, b.ask("OPTIONS", ""), 200)
		expect(t, b.ask("INFO", "x"), 480)
		none(t, h.agent.Sent)
		refuse(t, a, invite, 486)
		expect(t, b.ask("UPDATE", ""), 481)
	})
}

func TestAnUnansweredCallIsNotChangedByAnINVITE(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, invite := ringing(h, takesUpdate)
		if res := expect(t, a.ask("INVITE", audio(ann, 4100)), 500); header.Value(res, "retry-after") == "" {
			t.Errorf("got\n%s\nwant Retry-After", res)
		}
		a.lastInvite = 1 // which is acknowledged
		expect(t, b.ask("INVITE", audio(gw, 6100)), 491)
		expect(t, b.ask("BYE", ""), 200) // is not how an early dialog ends
		none(t, h.agent.Sent)
		pickUp(h, a, invite, "")
	})
}

func TestOneForkOfAGatewayChangesTheSession(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, invite := ringing(h, takesUpdate)
		invite.Answer(180, "tag: other")
		expect(t, a.invited, 180)
		other := *b
		other.mine = "other"
		expect(t, other.ask("UPDATE", audio(gw, 6100)), 491)
		expect(t, other.ask("UPDATE", ""), 200)
		none(t, h.agent.Sent)
		pickUp(h, a, invite, "")
		expect(t, other.ask("UPDATE", ""), 481)
	})
}

func TestAGatewayThatTakesNoUPDATEIsNotSentAny(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, invite := ringing(h, "Allow: INVITE, ACK, CANCEL, BYE, PRACK")
		expect(t, a.ask("UPDATE", audio(ann, 4100)), 491)
		none(t, h.agent.Sent)
		pickUp(h, a, invite, "")
	})
}

func TestARefusedUPDATEBeforeTheAnswerEndsNothing(t *testing.T) {
	for _, code := range []int{488, 481, 408} {
		in(t, Config{}, func(t *testing.T, h *bench) {
			a, _, invite := ringing(h, takesUpdate)
			asked := a.ask("UPDATE", audio(ann, 4100))
			h.next(gosip.UPDATE).Answer(code)
			expect(t, asked, code)
			if got := h.media.spec(0, caller).Remote.Port(); got != 4000 {
				t.Errorf("got media from port %d, want 4000", got)
			}
			pickUp(h, a, invite, "")
		})
	}
}

func TestAnAnswerWaitsForAnUPDATEBeforeIt(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, invite := ringing(h, takesUpdate)
		asked := a.ask("UPDATE", audio(ann, 4100))
		relayed := h.next(gosip.UPDATE)
		invite.AnswerSDP(200, audio(gw, 6100), takesUpdate)
		none(t, a.invited.Responses)
		relayed.AnswerSDP(200, audio(gw, 6100))
		expect(t, asked, 200)
		expect(t, a.invited, 200)
		wait(t, h.agent.ACKs)
		a.ack("")
		<-a.returned
		for side, want := range map[int]uint16{caller: 4100, callee: 6100} {
			if got := h.media.spec(0, side).Remote.Port(); got != want {
				t.Errorf("side %d: got media from port %d, want %d", side, got, want)
			}
		}
	})
	in(t, Config{}, func(t *testing.T, h *bench) { // but not for long
		a, _, invite := ringing(h, takesUpdate)
		a.ask("UPDATE", audio(ann, 4100))
		h.next(gosip.UPDATE)
		invite.Answer(200)
		advance(claimTimeout)
		expect(t, a.invited, 200)
	})
}

func TestBothEndsChangeOneSessionBeforeTheAnswer(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, invite := ringing(h, takesUpdate)
		first := a.ask("UPDATE", audio(ann, 4100))
		relayed := h.next(gosip.UPDATE)
		expect(t, b.ask("UPDATE", audio(gw, 6200)), 491)
		relayed.AnswerSDP(200, audio(gw, 6100))
		expect(t, first, 200)
		pickUp(h, a, invite, "")
	})
}

func TestKeysReachAnEarlyDialog(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, invite := ringing(h, takesUpdate)
		for _, x := range []*peer{a, b} {
			asked := x.ask("INFO", "Signal=5\r\n", "Content-Type: application/dtmf-relay")
			h.next(gosip.INFO).Answer(200)
			expect(t, asked, 200)
		}
		pickUp(h, a, invite, "")
	})
}
