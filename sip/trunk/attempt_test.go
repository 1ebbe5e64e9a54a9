package trunk

import (
	"bytes"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/sip/dialog/dialogtest"
)

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

// Whoever may call makes as many calls to a gateway that is dead as it likes.
func TestCallsToADeadGatewayWriteOneLine(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		var log bytes.Buffer
		h.env.Log = slog.New(slog.NewTextHandler(&log, nil))
		h.agent.Fail["198.51.100.9:5060"] = errors.New("refused")
		for range 20 {
			expect(t, h.call(audio(ann, 4000), "routes: 198.51.100.9").invited, 503)
		}
		synctest.Wait()
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "route failed") {
			t.Errorf("got %d lines, want that the route failed:\n%s", n, log.String())
		}
	})
}

func TestAFloodOfRingingIsBounded(t *testing.T) {
	in(t, Config{}, func(t *testing.T, h *bench) {
		a := h.call(audio(ann, 4000))
		invite := h.next(gosip.INVITE)
		for range 10 * progressBurst {
			invite.Answer(180)
		}
		invite.Answer(486)
		for range progressBurst {
			expect(t, a.invited, 180)
		}
		expect(t, a.invited, 486)
	})
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
