package trunk

import (
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
)

func TestRefresherOfTheCallersSession(t *testing.T) {
	for name, c := range map[string]struct {
		asks []string
		says []string
	}{
		"no wish":                   {nil, []string{"Session-Expires: 1800;refresher=uas"}},
		"a least one":               {[]string{"Min-SE: 3600"}, []string{"Session-Expires: 3600;refresher=uas"}},
		"a timer, and able":         {[]string{"Session-Expires: 600", "Supported: 100rel, timer"}, []string{"Session-Expires: 600;refresher=uac", "Require: timer"}},
		"compact":                   {[]string{"x: 600 ; refresher=uac", "k: timer"}, []string{"Session-Expires: 600;refresher=uac"}},
		"a timer, and not able":     {[]string{"Session-Expires: 600"}, []string{"Session-Expires: 600;refresher=uas"}},
		"a timer, and the work too": {[]string{"Session-Expires: 90;Refresher=UAS", "Supported: timer"}, []string{"Session-Expires: 90;refresher=uas"}},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000), c.asks...)
				h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
				ok := expect(t, a.invited, 200)
				wantLines(t, ok, c.says...)
				a.answered(ok)
				a.ack("")
				<-a.returned
			})
		})
	}
}

func TestExpiredSessionEndsTheCall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, _, _ := up(h, "Session-Expires: 120;refresher=uac", "Supported: timer")
		advance(70 * time.Second)
		expect(t, a.ask("UPDATE", "", "Session-Expires: 120;refresher=uac", "Supported: timer"), 200)
		advance(70 * time.Second)
		none(t, h.agent.Sent)
		advance(20 * time.Second) // 120 s less 32 s have gone by
		h.next(gosip.BYE).Answer(200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1 the session was not refreshed in time")
	})
}

// sessions is a call whose gateway wants to be refreshed every 100 s, and whose caller refreshes every hour.
func sessions(h *bench, allow string) (a *peer, refresh *dialogtest.ClientTx) {
	h.t.Helper()
	a = h.call(audio(ann, 4000), "Session-Expires: 3600;refresher=uac", "Supported: timer")
	invite := h.next(gosip.INVITE)
	invite.AnswerSDP(200, audio(gw, 6000), "Allow: "+allow, "Session-Expires: 200;refresher=uac")
	a.answered(expect(h.t, a.invited, 200))
	a.ack("")
	<-a.returned
	wait(h.t, h.agent.ACKs)
	advance(100 * time.Second)
	return a, wait(h.t, h.agent.Sent)
}

func TestRefreshByUPDATE(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		_, refresh := sessions(h, "INVITE, UPDATE")
		wantLines(t, refresh.Request, "UPDATE sip:gw@198.51.100.1:5060 SIP/2.0", "Session-Expires: 200;refresher=uac")
		if len(refresh.Request.Body()) > 0 {
			t.Errorf("got\n%s\nwant no body", refresh.Request)
		}
		refresh.Answer(200, "Session-Expires: 300;refresher=uac")
		advance(140 * time.Second)
		none(t, h.agent.Sent)
		advance(10 * time.Second)
		h.next(gosip.UPDATE).Answer(405) // it lives all the same
		advance(150 * time.Second)
		h.next(gosip.UPDATE).Answer(200, "Session-Expires: 300;refresher=uac")
	})
}

func TestRefreshByReINVITE(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, refresh := sessions(h, "INVITE, BYE")
		wantLines(t, refresh.Request, "INVITE sip:gw@198.51.100.1:5060 SIP/2.0", "m=audio 30000 RTP/AVP 0 101")
		expect(t, a.ask("UPDATE", audio(ann, 4000, "a=sendonly")), 500-9) // glare
		refresh.Answer(491)
		advance(3 * time.Second)
		refresh = h.next(gosip.INVITE)
		refresh.AnswerSDP(200, audio(gw, 6000))
		wantLines(t, wait(t, h.agent.ACKs), "CSeq: 3 ACK")
		asked := a.ask("INVITE", audio(ann, 4000, "a=sendonly"))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000, "a=recvonly"))
		expect(t, asked, 200)
		a.ack("")
	})
}

func TestUnansweredRefreshEndsTheCall(t *testing.T) {
	for name, end := range map[string]func(*dialogtest.ClientTx){
		"481":     func(tx *dialogtest.ClientTx) { tx.Answer(481) },
		"timeout": func(tx *dialogtest.ClientTx) { tx.Lose(gosip.ErrTransactionTimeout) },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				_, refresh := sessions(h, "INVITE, UPDATE")
				end(refresh)
				h.next(gosip.BYE).Answer(200)
				h.next(gosip.BYE).Answer(200)
				synctest.Wait()
				h.wantCalls("1 begun, ended tx-1 the other end is gone")
			})
		})
	}
}

func TestGatewayAsksForALongerSession(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		h.next(gosip.INVITE).Answer(422, "Min-SE: 7200")
		again := h.next(gosip.INVITE)
		wantLines(t, again.Request, "Session-Expires: 7200", "Min-SE: 7200", "CSeq: 2 INVITE")
		again.Answer(486)
		expect(t, a.invited, 486)
	})
}

func TestCallWithoutMediaEnds(t *testing.T) {
	const silence = 40 * time.Second
	in(t, Config{Silence: silence}, func(t *testing.T, h *bench) {
		a, _, _ := up(h, "Allow: INVITE, UPDATE")
		for range 5 {
			advance(silence - 15*time.Second)
			h.media.packet(0, callee) // one end is enough
			advance(15 * time.Second)
		}
		none(t, h.agent.Sent)
		asked := a.ask("INVITE", audio(ann, 4000, "a=sendonly"))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000, "a=recvonly"))
		expect(t, asked, 200)
		a.ack("")
		advance(2 * silence) // held
		none(t, h.agent.Sent)
		asked = a.ask("INVITE", audio(ann, 4000))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		expect(t, asked, 200)
		a.ack("")
		advance(silence + 10*time.Second)
		h.next(gosip.BYE).Answer(200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1 no media came from either end")
	})
}
