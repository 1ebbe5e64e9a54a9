package trunk

import (
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

func TestEarlyMediaIsPassedOn(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.describe(183, audio(gw, 6000, "a=sendonly"), "P-Early-Media: sendonly")
		early := expect(t, a.invited, 183)
		said(t, early, "P-Early-Media: sendonly", "m=audio 20000 RTP/AVP 0 101", "a=sendonly")
		if got := h.media.spec(0, callee).Remote.String(); got != gw+":6000" {
			t.Errorf("early media is expected from %s", got)
		}
		if got := h.calls.log(); got != "0 begun, ended " {
			t.Error(got)
		}
		invite.answer(200) // the description was in the 183
		ok := expect(t, a.invited, 200)
		said(t, ok, "m=audio 20000 RTP/AVP 0 101")
		if early.To().Params.GetOr("tag", "") != ok.To().Params.GetOr("tag", "") {
			t.Error("the answers are of two dialogs")
		}
		a.answered(ok)
		a.ack("")
		<-a.returned
	})
}

func TestALateOffer(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call("")
		invite := h.next(gosip.INVITE)
		if len(invite.req.Body()) > 0 {
			t.Errorf("%s", invite.req)
		}
		invite.describe(200, audio(gw, 6000))
		ok := expect(t, a.invited, 200)
		said(t, ok, "m=audio 20000 RTP/AVP 0 101")
		none(t, h.agent.acks)
		invite.again(invite.response(200, audio(gw, 6000))) // it gets impatient
		none(t, h.agent.acks)
		a.answered(ok)
		a.ack(audio(ann, 4000))
		said(t, wait(t, h.agent.acks), "m=audio 30000 RTP/AVP 0 101", "Content-Type: application/sdp")
		<-a.returned
		for which, want := range []string{ann + ":4000", gw + ":6000"} {
			if got := h.media.spec(0, which).Remote.String(); got != want {
				t.Errorf("side %d: %s", which, got)
			}
		}
		asked := a.ask("INVITE", "") // and again in the call
		theirs := h.next(gosip.INVITE)
		theirs.describe(200, audio(gw, 6010))
		expect(t, asked, 200)
		none(t, h.agent.acks)
		a.ack(audio(ann, 4010))
		wait(t, h.agent.acks)
		if got := h.media.spec(0, callee).Remote.Port(); got != 6010 {
			t.Errorf("media is expected from port %d", got)
		}
	})
}

func TestAnOfferThatIsNotAnsweredEndsTheCall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call("")
		invite := h.next(gosip.INVITE)
		invite.describe(200, audio(gw, 6000))
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		wait(t, h.agent.acks)
		h.next(gosip.BYE).answer(200)
		h.next(gosip.BYE).answer(200)
		<-a.returned
		synctest.Wait()
		if got := h.calls.log(); !strings.HasPrefix(got, "1 begun, ended tx-1 the ACK") {
			t.Error(got)
		}
	})
}

func TestAnAnswerThatCannotBeUsedIsTakenBack(t *testing.T) {
	for name, sdp := range map[string]string{"none": "", "nonsense": "v=0\nm=\n"} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000))
				invite := h.next(gosip.INVITE)
				invite.describe(200, sdp)
				wait(t, h.agent.acks)
				h.next(gosip.BYE).answer(200)
				expect(t, a.invited, 502)
			})
		})
	}
}
