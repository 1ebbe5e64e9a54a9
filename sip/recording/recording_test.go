package recording

import (
	"testing"
	"testing/synctest"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog/dialogtest"
	"timbre/sip/transport"
)

// wantCalls checks what was begun, updated and ended.
func (b *bench) wantCalls(want string) {
	b.t.Helper()
	synctest.Wait()
	if got := b.calls.all(); got != want {
		b.t.Errorf("got calls %q, want %q", got, want)
	}
}

func TestSessionIsACall(t *testing.T) {
	in(t, Config{}, func(t *testing.T, b *bench) {
		res := b.expect(b.invite(description), 200)
		if got := res.GetHeader("X-Transaction"); got == nil || got.Value() != "tx-1" || len(res.Body()) == 0 {
			t.Errorf("got\n%s\nwant the transaction id and an answer", res)
		}
		tag := res.To().Params.GetOr("tag", "")
		b.ask("ACK", 1, tag, "")
		b.expect(b.ask("BYE", 2, tag, ""), 200)
		b.wantCalls("begin, end tx-1")
		if b.over != 1 {
			t.Errorf("got Over called %d times, want once", b.over)
		}
	})
}

func TestRefusedINVITEIsOverBeforeItsResponse(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		headers []string
		admit   *transport.Refusal
		want    int
	}{
		"no audio":          {"v=0\r\ns=-\r\nm=video 4000 RTP/AVP 96\r\n", nil, nil, 488},
		"short session":     {description, []string{"Supported: timer", "Session-Expires: 60"}, nil, 422},
		"too many calls":    {description, nil, transport.Refuse(503, "rate", "too many"), 503},
		"unreadable timer":  {description, []string{"Session-Expires: soon"}, nil, 400},
		"offer of no lines": {"v=0\r\ns=-\r\n", nil, nil, 488},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{}, func(t *testing.T, b *bench) {
				b.admit = func() *transport.Refusal { return c.admit }
				b.expect(b.invite(c.body, c.headers...), c.want)
				b.wantCalls("")
				if b.over != 1 {
					t.Errorf("got Over called %d times, want once", b.over)
				}
			})
		})
	}
}

func TestUnacknowledgedAnswerEndsTheSession(t *testing.T) {
	in(t, Config{}, func(t *testing.T, b *bench) {
		b.expect(b.invite(description), 200)
		<-time.After(64 * gosip.T1)
		(<-b.agent.Sent).Answer(200)
		b.wantCalls("begin, end tx-1 the answer was not acknowledged")
	})
}

func TestLeaveHangsUp(t *testing.T) {
	in(t, Config{}, func(t *testing.T, b *bench) {
		b.answered()
		left := make(chan struct{})
		go func() { defer close(left); b.Leave() }()
		bye := <-b.agent.Sent
		if bye.Request.Method != gosip.BYE || bye.Request.Destination() != "192.0.2.1:5060" {
			t.Errorf("got\n%s\nwant BYE to the client", bye.Request)
		}
		bye.Answer(200)
		<-left
		b.wantCalls("begin, end tx-1 the server was stopped")
		b.expect(b.invite(description), 503)
	})
}

func TestSessionThatIsNotRefreshedEnds(t *testing.T) {
	in(t, Config{}, func(t *testing.T, b *bench) {
		tag := b.answered("Supported: timer", "Session-Expires: 90;refresher=uac")
		<-time.After(50 * time.Second)
		b.expect(b.ask("UPDATE", 2, tag, "", "Supported: timer", "Session-Expires: 90;refresher=uac"), 200)
		<-time.After(50 * time.Second)
		b.wantCalls("begin")
		<-time.After(20 * time.Second)
		(<-b.agent.Sent).Answer(200)
		b.wantCalls("begin, end tx-1 the session was not refreshed in time")
	})
}

func TestSilentSessionIsProbed(t *testing.T) {
	for name, c := range map[string]struct {
		code int
		want string
	}{
		"alive": {405, "begin"},
		"gone":  {481, "begin, end tx-1 no media came, and the peer knows of no such call"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, Config{Timeout: time.Minute}, func(t *testing.T, b *bench) {
				b.answered()
				b.Probe()
				<-time.After(time.Minute)
				b.Probe()
				probe := <-b.agent.Sent
				if probe.Request.Method != gosip.OPTIONS {
					t.Errorf("got %s, want OPTIONS", probe.Request.Method)
				}
				probe.Answer(c.code)
				b.wantCalls(c.want)
			})
		})
	}
}

func TestRequestOfNoSessionIsNotServed(t *testing.T) {
	in(t, Config{}, func(t *testing.T, b *bench) {
		tag := b.answered()
		for other, want := range map[string]bool{tag: true, "another": false} {
			req := b.request("OPTIONS", 2, other, "")
			if got := b.Request(req, dialogtest.NewServerTx()); got != want {
				t.Errorf("tag %s: got served %v, want %v", other, got, want)
			}
		}
	})
}
