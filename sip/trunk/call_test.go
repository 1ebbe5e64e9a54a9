package trunk

import (
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/sip/dialog/dialogtest"
)

func TestCallIsBridged(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "X-Account: 17", "Subject: hello", "User-Agent: PBX", "Supported: timer, 100rel", "Max-Forwards: 20")
		invite := h.next(gosip.INVITE)
		wantLines(t, invite.Request, "INVITE sip:+12065550100@198.51.100.1 SIP/2.0", "Max-Forwards: 19", "X-Account: 17", "Subject: hello",
			"X-VoiceConnector-ID: abc", "User-Agent: Timbre", "Session-Expires: 1800", "Supported: timer", "c=IN IP4 192.0.2.100", "m=audio 30000 RTP/AVP 0 101",
			"a=rtpmap:101 telephone-event/8000", "a=rtcp:30001")
		if from := invite.Request.From(); from.DisplayName != "Ann" || from.Address.String() != "sip:+12065550101@192.0.2.100" {
			t.Errorf("got From %s, want Ann at the local host", from.Value())
		}
		if invite.Request.CallID().Value() == a.callID || strings.Contains(invite.Request.String(), ann) {
			t.Errorf("got\n%s\nwant nothing of the caller's dialog", invite.Request)
		}
		invite.Answer(180)
		wantLines(t, expect(t, a.invited, 180), "SIP/2.0 180 Says The Peer")
		invite.AnswerSDP(200, audio(gw, 6000), "X-Answer: 42")
		ok := expect(t, a.invited, 200)
		wantLines(t, ok, "X-Transaction: tx-1", "X-Answer: 42", "c=IN IP4 192.0.2.100", "m=audio 20000 RTP/AVP 0 101", "Session-Expires: 1800;refresher=uas")
		if strings.Contains(ok.String(), gw) {
			t.Errorf("got\n%s\nwant no address of the gateway", ok)
		}
		wantLines(t, wait(t, h.agent.ACKs), "ACK sip:gw@198.51.100.1:5060 SIP/2.0", "CSeq: 1 ACK")
		a.answered(ok)
		a.ack("")
		<-a.returned
		for which, want := range []string{ann + ":4000", gw + ":6000"} {
			if got := h.media.spec(0, which); got.Remote.String() != want || got.Hold || got.Opaque {
				t.Errorf("side %d: got %+v, want remote %s, neither hold nor opaque", which, got, want)
			}
		}
		call := h.calls.begun[0]
		want := timbre.Call{
			ConnectorID: "abc", From: "+12065550101", To: "+12065550100", Direction: "Outbound", Bridged: true, CallID: a.callID,
			Headers: call.Headers, Started: call.Started, Legs: []timbre.Leg{
				{Side: timbre.Caller, Index: caller, Party: "sip:+12065550101@pbx.example.com"},
				{Side: timbre.Callee, Index: callee, Party: "sip:+12065550100@abc.voiceconnector.example.com"},
			},
		}
		for i, to := range []string{"203.0.113.1:5060", "198.51.100.1:5060"} { // both ends are told if this process is gone
			if f := call.StoredByes[i]; f.To != to || !strings.HasPrefix(f.Message, "BYE sip:") {
				t.Errorf("got stored BYE %+v, want a BYE to %s", f, to)
			}
		}
		call.StoredByes = nil
		if !reflect.DeepEqual(call, want) {
			t.Errorf("got %+v, want %+v", call, want)
		}
		bye := a.ask("BYE", "", `Reason: Q.850;cause=16`)
		expect(t, bye, 200)
		theirs := h.next(gosip.BYE)
		wantLines(t, theirs.Request, "BYE sip:gw@198.51.100.1:5060 SIP/2.0", "Reason: Q.850;cause=16")
		theirs.Answer(200)
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1")
		expect(t, a.ask("OPTIONS", ""), 481)
	})
}

func TestGatewayHangsUp(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a, b, _ := up(h, "Record-Route: <sip:proxy.example.com;lr>")
		expect(t, b.ask("BYE", ""), 200)
		bye := h.next(gosip.BYE)
		wantLines(t, bye.Request, "BYE sip:phone@203.0.113.1:5060 SIP/2.0", "Route: <sip:proxy.example.com;lr>", "Call-ID: "+a.callID)
		if from := bye.Request.From().Address.String(); from != "sip:+12065550100@abc.voiceconnector.example.com" {
			t.Errorf("got From %s, want the called number", from)
		}
		bye.Answer(200)
	})
}

func TestCallerCancels(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		a.invited.Cancel(nil) // before the gateway has shown that it lives
		<-a.returned
		none(t, h.agent.Sent)
		invite.Answer(180)
		cancel := h.next(gosip.CANCEL)
		if cancel.Request.Via().Params.GetOr("branch", "") != invite.Request.Via().Params.GetOr("branch", "") {
			t.Errorf("got\n%s\nwant the branch of the INVITE", cancel.Request)
		}
		wantLines(t, cancel.Request, "CSeq: 1 CANCEL")
		cancel.Answer(200)
		invite.Answer(487)
		none(t, a.invited.Responses) // the stack has answered 487
		if n := testutil.ToFloat64(h.metrics.failed.WithLabelValues("487")); n != 1 {
			t.Errorf("got %v counted, want 1", n)
		}
	})
}

func TestAnswerThatCrossesCANCELIsEnded(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		expect(t, a.invited, 180)
		a.invited.Cancel(nil)
		h.next(gosip.CANCEL).Answer(200)
		invite.AnswerSDP(200, audio(gw, 6000))
		wantLines(t, wait(t, h.agent.ACKs), "CSeq: 1 ACK")
		bye := h.next(gosip.BYE)
		wantLines(t, bye.Request, "BYE sip:gw@198.51.100.1:5060 SIP/2.0", "CSeq: 2 BYE")
		bye.Answer(200)
	})
}

// The gateway answers, and the caller cancels before it is sent the answer: there was no call.
func TestCallThatIsCancelledWhileItBeginsIsNotToldOf(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		h.calls.begin = func() error { a.invited.Cancel(nil); return nil }
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		h.next(gosip.BYE).Answer(200)
		<-a.returned
		synctest.Wait()
		if missed, _ := h.calls.reported(); len(missed) != 0 || len(h.calls.announced) != 0 || h.calls.log() != "1 begun, ended " {
			t.Errorf("got %s, %v announced and %d missed, want a call that is not announced", h.calls.log(), h.calls.announced, len(missed))
		}
	})
}

func TestBYEWhileRingingCancels(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		a.answered(expect(t, a.invited, 180))
		expect(t, a.ask("BYE", ""), 200)
		expect(t, a.invited, 487)
		h.next(gosip.CANCEL).Answer(200)
		invite.Answer(487)
	})
}

func TestAnswerIsRepeatedUntilACK(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.AnswerSDP(200, audio(gw, 6000))
		a.answered(expect(t, a.invited, 200))
		first := wait(t, h.agent.ACKs)
		invite.Repeat(invite.Response(200, audio(gw, 6000))) // the ACK was lost
		if again := wait(t, h.agent.ACKs); again.String() != first.String() {
			t.Errorf("got\n%s\nwant, once more,\n%s", again, first)
		}
		advance(gosip.T1)
		expect(t, a.invited, 200)
		advance(64 * gosip.T1)
		h.next(gosip.BYE).Answer(200)
		h.next(gosip.BYE).Answer(200)
		<-a.returned
		synctest.Wait()
		h.wantCalls("1 begun, ended tx-1 the answer was not acknowledged")
	})
}

// A BYE right behind an ACK may be served first, but what the ACK answers comes first to the gateway.
func TestByeThatOvertakesTheAnswerInAnACK(t *testing.T) {
	for name, comes := range map[string]bool{"the ACK comes": true, "no ACK comes": false} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call("")
				h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
				res := expect(t, a.invited, 200)
				a.answered(res)
				ack := a.request("ACK", audio(ann, 4000))
				bye := a.ask("BYE", "")
				if comes {
					h.Request(ack, dialogtest.NewServerTx())
				} else {
					advance(gosip.T1)
				}
				expect(t, bye, 200)
				sent := wait(t, h.agent.ACKs)
				if has := len(sent.Body()) > 0; has != comes {
					t.Errorf("got an ACK with an answer: %v, want %v\n%s", has, comes, sent)
				}
				h.next(gosip.BYE).Answer(200)
			})
		})
	}
}

func TestSecondAnswerIsEnded(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		_, _, invite := up(h)
		invite.Repeat(invite.Response(200, audio(gw, 7000), "tag: another"))
		ack := wait(t, h.agent.ACKs)
		bye := h.next(gosip.BYE)
		for _, req := range []*gosip.Request{ack, bye.Request} {
			if tag := req.To().Params.GetOr("tag", ""); tag != "another" {
				t.Errorf("got To tag %s, want another", tag)
			}
		}
		bye.Answer(200)
		none(t, h.agent.Sent)
	})
}

func TestLeaveEndsCalls(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		up(h)
		ringing := h.call(audio(ann, 4002))
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		expect(t, ringing.invited, 180)
		left := make(chan struct{})
		go func() { h.Leave(t.Context()); close(left) }()
		sent := map[gosip.RequestMethod]int{}
		for range 3 {
			tx := wait(t, h.agent.Sent)
			sent[tx.Request.Method]++
			tx.Answer(200)
		}
		<-left
		if sent[gosip.BYE] != 2 || sent[gosip.CANCEL] != 1 {
			t.Errorf("got %v, want 2 BYE and 1 CANCEL", sent)
		}
		expect(t, ringing.invited, 503)
		invite.Answer(487)
		late := h.call(audio(ann, 4004))
		expect(t, late.invited, 503)
		h.wantCalls("1 begun, ended tx-1 the server was stopped")
	})
}
