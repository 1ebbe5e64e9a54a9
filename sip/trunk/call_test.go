package trunk

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

func TestFailureIsRelayed(t *testing.T) {
	for _, c := range []struct {
		code, want int
		says       []string // of the gateway
		hears      []string // the caller
	}{
		{486, 486, []string{"Retry-After: 20", `Reason: Q.850;cause=17`}, []string{"SIP/2.0 486 Says The Peer", "Retry-After: 20", `Reason: Q.850;cause=17`}},
		{404, 404, nil, nil},
		{484, 484, nil, nil},
		{488, 488, []string{`Warning: 304 gw "no codec"`}, []string{`Warning: 304 gw "no codec"`}},
		{500, 500, nil, nil},
		{504, 504, nil, nil},
		{603, 603, nil, nil},
		{503, 503, []string{"Retry-After: 7"}, []string{"Retry-After: 7"}},
		{302, 480, nil, []string{"SIP/2.0 480 Temporarily Unavailable", `Reason: SIP;cause=302;text="Says The Peer"`}},
		{401, 403, []string{`WWW-Authenticate: Digest realm="gw", nonce="1"`}, []string{"SIP/2.0 403 Forbidden", `Reason: SIP;cause=401;text="Says The Peer"`}},
		{407, 403, []string{`Proxy-Authenticate: Digest realm="gw", nonce="1"`}, nil},
		{422, 422, []string{"Min-SE: 60"}, nil},
	} {
		t.Run(strconv.Itoa(c.code), func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000))
				invite := h.next(gosip.INVITE)
				invite.Answer(100)
				invite.Answer(c.code, c.says...)
				res := expect(t, a.invited, c.want)
				wantLines(t, res, c.hears...)
				wantNone(t, res, "www-authenticate", "proxy-authenticate", "contact")
				<-a.returned
				h.wantCalls("0 begun, ended ")
			})
		})
	}
}

func TestFailoverToTheNextRoute(t *testing.T) {
	const second = "198.51.100.2"
	for name, fail := range map[string]func(h *bench, first *dialogtest.ClientTx){
		"503":       func(_ *bench, first *dialogtest.ClientTx) { first.Answer(503) },
		"moved":     func(_ *bench, first *dialogtest.ClientTx) { first.Answer(302) },
		"timeout":   func(_ *bench, first *dialogtest.ClientTx) { first.Lose(gosip.ErrTransactionTimeout) },
		"transport": func(_ *bench, first *dialogtest.ClientTx) { first.Lose(gosip.ErrTransactionTransport) },
		"silence":   func(*bench, *dialogtest.ClientTx) { advance(responseTimeout) },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				a := h.call(audio(ann, 4000), "routes: "+gw+" "+second)
				first := h.next(gosip.INVITE)
				fail(h, first)
				next := h.next(gosip.INVITE)
				wantLines(t, next.Request, "INVITE sip:+12065550100@198.51.100.2 SIP/2.0", "m=audio 30000 RTP/AVP 0 101")
				if next.Request.CallID().Value() == first.Request.CallID().Value() || next.Request.Destination() != second+":5060" {
					t.Errorf("got\n%s\nwant another Call-ID, to %s", next.Request, second)
				}
				if got := h.media.spec(0, callee).Source.String(); got != second {
					t.Errorf("got media expected from %s, want %s", got, second)
				}
				next.Answer(486)
				expect(t, a.invited, 486)
				first.Lose(gosip.ErrTransactionTerminated)
				if n := testutil.ToFloat64(h.metrics.failovers); n != 1 {
					t.Errorf("got %v counted, want 1", n)
				}
			})
		})
	}
}

func TestLateResponseOfASilentGatewayIsCancelled(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000), "routes: "+gw+" 198.51.100.2")
		first := h.next(gosip.INVITE)
		advance(responseTimeout)
		second := h.next(gosip.INVITE)
		first.Answer(180)
		h.next(gosip.CANCEL).Answer(200)
		first.Answer(487)
		second.Answer(404)
		expect(t, a.invited, 404)
	})
}

func TestUnreachableRoutes(t *testing.T) {
	for name, c := range map[string]struct {
		routes string
		want   int
	}{
		"an unknown host":     {"nowhere.example.com", 503},
		"no listener for TCP": {"TCP/" + gw, 503},
		"no connection":       {"198.51.100.9", 503},
		"no route":            {"", 503},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				h.agent.unserved["tcp"] = true
				h.agent.Fail["198.51.100.9:5060"] = errors.New("refused")
				a := h.call(audio(ann, 4000), "routes: "+c.routes)
				expect(t, a.invited, c.want)
				none(t, h.agent.Sent)
			})
		})
	}
}

func TestRingTimeout(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		invite.Answer(180)
		expect(t, a.invited, 180)
		advance(ringTimeout)
		expect(t, a.invited, 480)
		h.next(gosip.CANCEL).Answer(200)
		invite.Answer(487)
	})
}

func TestInvalidINVITEIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		sdp   string
		lines []string
		want  int
	}{
		"sent on too often": {audio(ann, 4000), []string{"Max-Forwards: 0"}, 483},
		"short session":     {audio(ann, 4000), []string{"Session-Expires: 60"}, 422},
		"a bad session":     {audio(ann, 4000), []string{"Session-Expires: soon"}, 400},
		"no description":    {"hello", nil, 400},
		"no stream":         {"v=0\ns=-\n", nil, 488},
		"only encrypted":    {strings.ReplaceAll(audio(ann, 4000), "RTP/AVP", "RTP/SAVP"), nil, 488},
		"only by TCP":       {"v=0\nm=message 4000 TCP/MSRP *\n", nil, 488},
		"no port is free":   {audio(ann, 4000), []string{"X-Media: none"}, 503},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				if c.want == 503 {
					h.media.err = timbre.Errorf(timbre.Unavailable, "", "no port is free")
				}
				a := h.call(c.sdp, c.lines...)
				expect(t, a.invited, c.want)
				none(t, h.agent.Sent)
			})
		})
	}
}

func TestLoopIsDetected(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		mark := invite.Request.GetHeader(loopHeader).Value()
		back := h.call(audio(gw, 6000), loopHeader+": other, "+mark)
		expect(t, back.invited, 482)
		invite.Answer(482)
		elsewhere := h.call(audio(gw, 6000), loopHeader+": other")
		next := h.next(gosip.INVITE)
		wantLines(t, next.Request, loopHeader+": other, "+mark)
		next.Answer(404)
		expect(t, elsewhere.invited, 404)
	})
}

func TestCallIsBridgedWithoutAnalysis(t *testing.T) {
	for name, begin := range map[string]func() error{
		"fails":  func() error { return errors.New("the store is down") },
		"panics": func() error { panic("a bug") },
		"hangs":  func() error { advance(20 * time.Second); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, h *bench) {
				h.calls.begin = begin
				a := h.call(audio(ann, 4000))
				invite := h.next(gosip.INVITE)
				invite.AnswerSDP(200, audio(gw, 6000))
				if name == "hangs" {
					none(t, a.invited.Responses)
					advance(idTimeout)
				}
				ok := expect(t, a.invited, 200)
				wantNone(t, ok, "x-transaction")
				a.answered(ok)
				a.ack("")
				<-a.returned
				h.media.packet(0, caller)
				for range 2 {
					h.media.packet(0, callee)
				}
				advance(25 * time.Second)
				want, log := 1.0, "0 begun, ended "
				if name == "hangs" {
					want, log = 0, "1 begun, ended tx-1" // late
				}
				expect(t, a.ask("BYE", ""), 200)
				h.next(gosip.BYE).Answer(200)
				synctest.Wait()
				if n := testutil.ToFloat64(h.metrics.unanalysed); n != want || h.calls.log() != log {
					t.Errorf("got %v counted, %s, want %v, %s", n, h.calls.log(), want, log)
				}
				missed, heard := h.calls.reported()
				if name == "hangs" {
					if len(missed) != 0 {
						t.Errorf("got %+v reported as missed, want none", missed)
					}
					return
				}
				if len(missed) != 1 {
					t.Fatalf("got %d missed calls, want 1", len(missed))
				}
				m := missed[0]
				if !m.Bridged || m.ConnectorID != "abc" || m.CallID != a.callID || m.Started.IsZero() {
					t.Errorf("got %+v, want the bridged call", m)
				}
				if len(m.Legs) != 2 || len(m.Warnings) != 1 || m.Failure != "" {
					t.Errorf("got %+v, want 2 legs, a warning and no failure", m)
				}
				if len(heard) != 2 || heard[0].Packets != 1 || heard[1].Packets != 2 {
					t.Errorf("got receptions %v, want 1 packet and 2 packets", heard)
				}
			})
		})
	}
}

func TestLateFailureOfAnalysisIsReportedOnce(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		h.calls.begin = func() error { advance(20 * time.Second); return errors.New("the store is down") }
		a := h.call(audio(ann, 4000))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		advance(idTimeout)
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		<-a.returned
		bye := a.ask("BYE", "")
		expect(t, bye, 200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		if missed, _ := h.calls.reported(); len(missed) != 0 {
			t.Errorf("got %d missed calls while the analysis may still begin, want none", len(missed))
		}
		advance(20 * time.Second)
		if missed, _ := h.calls.reported(); len(missed) != 1 {
			t.Errorf("got %d missed calls, want 1", len(missed))
		}
	})
}

func TestLateAnalysisEndsWithTheCallsFailure(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		h.calls.begin = func() error { advance(20 * time.Second); return nil }
		a := h.call(audio(ann, 4000))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		advance(idTimeout)
		a.answered(expect(t, a.invited, 200))
		a.ack("")
		<-a.returned
		left := make(chan struct{})
		go func() { h.Leave(t.Context()); close(left) }()
		for range 2 {
			wait(t, h.agent.Sent).Answer(200)
		}
		<-left
		advance(20 * time.Second)
		h.wantCalls("1 begun, ended tx-1 the server was stopped")
	})
}

// metered is a listener that keeps its meters.
type metered struct {
	dropped
	meters []timbre.ReceptionMeter
}

func (m *metered) SetMeter(by timbre.ReceptionMeter) { m.meters = append(m.meters, by) }

func TestListenersGetTheMeterOfTheirStream(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		m := &metered{}
		h.calls.hear = m
		up(h)
		h.media.packet(0, callee)
		if len(m.meters) != 2 || m.meters[caller].Reception().Packets != 0 || m.meters[callee].Reception().Packets != 1 {
			t.Errorf("got %+v, want a meter a leg, with 0 packets and 1 packet", m.meters)
		}
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
		told := map[gosip.RequestMethod]int{}
		for range 3 {
			tx := wait(t, h.agent.Sent)
			told[tx.Request.Method]++
			tx.Answer(200)
		}
		<-left
		if told[gosip.BYE] != 2 || told[gosip.CANCEL] != 1 {
			t.Errorf("got %v, want 2 BYE and 1 CANCEL", told)
		}
		expect(t, ringing.invited, 503)
		invite.Answer(487)
		late := h.call(audio(ann, 4004))
		expect(t, late.invited, 503)
		h.wantCalls("1 begun, ended tx-1 the server was stopped")
	})
}
