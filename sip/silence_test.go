package sip

import (
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/admission/source"
	"timbre/environment"
)

// quietCall is a call of a bench with a clock of its own whose streams receive nothing.
func quietCall(t *testing.T, m message, timeout time.Duration) (b *bench, pass func(time.Duration)) {
	t.Helper()
	now := time.Unix(1000, 0)
	b = newBenchWith(t, func(env *environment.Environment, cfg *Config, _ *source.Config) {
		clock := func() time.Time { return now }
		env.Now, env.Steady, cfg.Timeout = clock, clock, timeout
	})
	b.media.mute = true
	tx := newTransaction()
	tx.onRespond = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			go func() {
				tx.acks <- request(t, message{method: "ACK", callID: m.callID, toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
			}()
		}
	}
	b.handle(request(t, m.String()), tx)
	if b.recordings.Len() != 1 {
		t.Fatalf("got %v, want a session", tx.last())
	}
	b.recordings.Probe() // the first look
	return b, func(by time.Duration) {
		now = now.Add(by)
		b.recordings.Probe()
		b.rest()
	}
}

func TestASilentCallEndsOnlyIfItsPeerIsGone(t *testing.T) {
	held := strings.ReplaceAll(twoLines, "sendonly", "inactive")
	for name, c := range map[string]struct {
		sdp     string
		status  int // of the answer; 0: none
		outcome string
		ends    string // empty: it goes on
	}{
		"a muted call":        {twoLines, 200, "alive", ""},
		"OPTIONS not allowed": {twoLines, 405, "alive", ""},
		"peer gone":           {twoLines, 481, "gone", "no media came, and the peer knows of no such call"},
		"peer mute":           {twoLines, 0, "mute", "no media came, and the peer does not answer"},
		"request timeout":     {twoLines, 408, "mute", "no media came, and the peer does not answer"},
		"a held call":         {held, 200, "alive", ""},
		"a held call, gone":   {held, 481, "gone", "no media came, and the peer knows of no such call"},
		"a held call, mute":   {held, 0, "mute", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := recordingOf("call-1")
			m.body = both(c.sdp, annAndBob)
			b, pass := quietCall(t, m, 5*time.Minute)
			var sent []string
			b.answer = func(req *gosip.Request) int {
				sent = append(sent, req.Method.String())
				if req.Method != gosip.OPTIONS {
					return 0
				}
				return c.status
			}
			if pass(5*time.Minute - 1); len(sent) != 0 {
				t.Fatalf("got %v sent before the timeout", sent)
			}
			pass(1)
			if len(sent) == 0 || sent[0] != "OPTIONS" || b.count("timbre_sip_probes_total", c.outcome) != 1 {
				t.Errorf("got %v sent, want OPTIONS counted as %s", sent, c.outcome)
			}
			if live := b.recordings.Len() == 1; live != (c.ends == "") {
				t.Fatalf("got live %v, want %v", live, c.ends == "")
			}
			<-b.calls.events // its beginning
			if c.ends != "" {
				if got := <-b.calls.events; got != "end tx-1 "+c.ends {
					t.Errorf("got event %q, want end tx-1 %s", got, c.ends)
				}
				return
			}
			sent = nil
			if pass(5*time.Minute - 1); len(sent) != 0 {
				t.Errorf("got %v sent before the second timeout", sent)
			}
			if pass(1); len(sent) != 1 {
				t.Errorf("got %v sent, want one more probe", sent)
			}
		})
	}
}

func TestCallsThatAreNotProbed(t *testing.T) {
	for name, c := range map[string]struct {
		headers []string
		media   bool
		timeout time.Duration
	}{
		"with a session timer": {headers: []string{"Supported: timer", "Session-Expires: 1800"}, timeout: 5 * time.Minute},
		"that bring media":     {media: true, timeout: 5 * time.Minute},
		"without a limit":      {},
	} {
		t.Run(name, func(t *testing.T) {
			m := recordingOf("call-1")
			m.headers = append(m.headers, c.headers...)
			b, pass := quietCall(t, m, c.timeout)
			b.media.mute = !c.media
			b.answer = func(req *gosip.Request) int {
				t.Errorf("got %s, want nothing sent", req.Method)
				return 0
			}
			for range 10 {
				pass(2 * time.Minute)
			}
		})
	}
}

func TestLocalRequestsHaveConsecutiveCSeqs(t *testing.T) {
	b, pass := quietCall(t, recordingOf("call-1"), 5*time.Minute)
	pass(5 * time.Minute)
	pass(5 * time.Minute)
	b.hangUp()
	for want, method := range []gosip.RequestMethod{gosip.OPTIONS, gosip.OPTIONS, gosip.BYE} {
		if got := (<-b.sent).CSeq(); got.SeqNo != uint32(want+1) || got.MethodName != method {
			t.Errorf("request %d: got CSeq %s, want %d %s", want+1, got.Value(), want+1, method)
		}
	}
}
