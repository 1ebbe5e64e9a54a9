package trunk

import (
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

func TestEarlyMediaIsRelayed(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(183, audio(gw, 6000, "a=sendonly"), "P-Early-Media: sendonly")
		early := expect(t, a.invited, 183)
		wantLines(t, early, "P-Early-Media: sendonly", "m=audio 20000 RTP/AVP 0 101", "a=sendonly")
		if got := h.media.spec(0, callee).Remote.String(); got != gw+":6000" {
			t.Errorf("got early media expected from %s, want %s:6000", got, gw)
		}
		h.wantCalls("0 begun, ended ")
		invite.Answer(200) // the description was in the 183
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "m=audio 20000 RTP/AVP 0 101")
		if early.To().Params.GetOr("tag", "") != ok.To().Params.GetOr("tag", "") {
			t.Error("got responses of two dialogs, want one")
		}
		a.answered(ok)
		a.ack("")
		<-a.returned
	})
}

func TestOfferIn2xx(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call("")
		invite := h.next(gosip.INVITE)
		if len(invite.Request.Body()) > 0 {
			t.Errorf("got\n%s\nwant no body", invite.Request)
		}
		invite.AnswerSDP(200, audio(gw, 6000))
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "m=audio 20000 RTP/AVP 0 101")
		none(t, h.agent.ACKs)
		invite.Repeat(invite.Response(200, audio(gw, 6000))) // it gets impatient
		none(t, h.agent.ACKs)
		a.answered(ok)
		a.ack(audio(ann, 4000))
		wantLines(t, wait(t, h.agent.ACKs), "m=audio 30000 RTP/AVP 0 101", "Content-Type: application/sdp")
		<-a.returned
		for which, want := range []string{ann + ":4000", gw + ":6000"} {
			if got := h.media.spec(0, which).Remote.String(); got != want {
				t.Errorf("side %d: got %s, want %s", which, got, want)
			}
		}
		asked := a.ask("INVITE", "") // and again in the call
		theirs := h.next(gosip.INVITE)
		theirs.AnswerSDP(200, audio(gw, 6010))
		expect(t, asked, 200)
		none(t, h.agent.ACKs)
		a.ack(audio(ann, 4010))
		wait(t, h.agent.ACKs)
		if got := h.media.spec(0, callee).Remote.Port(); got != 6010 {
			t.Errorf("got media expected from port %d, want 6010", got)
		}
	})
}

func TestUnansweredOfferEndsTheCall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call("")
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(200, audio(gw, 6000))
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		wait(t, h.agent.ACKs)
		h.next(gosip.BYE).Answer(200)
		h.next(gosip.BYE).Answer(200)
		<-a.returned
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1 the ACK has no answer to the offer")
	})
}

func TestUnusableAnswerIsEnded(t *testing.T) {
	for name, sdp := range map[string]string{"none": "", "nonsense": "v=0\nm=\n"} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000))
				invite := h.next(gosip.INVITE)
				invite.AnswerSDP(200, sdp)
				wait(t, h.agent.ACKs)
				h.next(gosip.BYE).Answer(200)
				expect(t, a.invited, 502)
			})
		})
	}
}
