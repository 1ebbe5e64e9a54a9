package trunk

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

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
				missed, receptions := h.calls.reported()
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
				if len(receptions) != 2 || receptions[0].Packets != 1 || receptions[1].Packets != 2 {
					t.Errorf("got receptions %v, want 1 packet and 2 packets", receptions)
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

type overload struct{}

func (overload) Load() float64 { return 1 }

// The call comes first: a server whose analysis is late puts it through without.
func TestAnOverloadedServerBridgesWithoutAnalysis(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		h.deps.Load = overload{}
		a := h.call(audio(ann, 4000))
		h.next(gosip.INVITE).AnswerSDP(200, audio(gw, 6000))
		ok := expect(t, a.invited, 200)
		wantNone(t, ok, "x-transaction")
		a.answered(ok)
		a.ack("")
		<-a.returned
		expect(t, a.ask("BYE", ""), 200)
		h.next(gosip.BYE).Answer(200)
		synctest.Wait()
		missed, _ := h.calls.reported()
		if n := testutil.ToFloat64(h.metrics.unanalysed); n != 1 || len(missed) != 1 || h.calls.log() != "0 begun, ended " {
			t.Errorf("got %v counted, %d missed, %s, want one of each and none begun", n, len(missed), h.calls.log())
		}
	})
}
