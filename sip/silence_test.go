package sip

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// quietCall is a call of a bench with a clock of its own, none of whose streams brings anything.
func quietCall(t *testing.T, m message) (b *bench, d *dialog, pass func(time.Duration)) {
	t.Helper()
	b = newBench(t)
	now := time.Unix(1000, 0)
	b.now, b.cfg.Timeout = func() time.Time { return now }, 5*time.Minute
	b.media.mute = true
	tx := newTransaction()
	tx.answering = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			go func() {
				tx.acks <- request(t, message{method: "ACK", callID: m.callID, toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
			}()
		}
	}
	b.handle(request(t, m.String()), tx)
	all := b.dialogs.all()
	if len(all) != 1 {
		t.Fatalf("%v", tx.last())
	}
	b.silences() // the first look
	return b, all[0], func(by time.Duration) {
		now = now.Add(by)
		b.silences()
		b.rest()
	}
}

func TestASilentCallIsAskedAndEndsOnlyIfItsPeerIsGone(t *testing.T) {
	held := strings.ReplaceAll(twoLines, "sendonly", "inactive")
	for name, c := range map[string]struct {
		sdp     string
		status  int // of the answer; 0: none
		outcome string
		ends    string // empty: it goes on
	}{
		"a muted call":           {twoLines, 200, "alive", ""},
		"one that knows no ping": {twoLines, 405, "alive", ""},
		"one that is gone":       {twoLines, 481, "gone", "no media came, and the peer knows of no such call"},
		"one that is mute":       {twoLines, 0, "mute", "no media came, and the peer does not answer"},
		"one that is timed out":  {twoLines, 408, "mute", "no media came, and the peer does not answer"},
		"a held call":            {held, 200, "alive", ""},
		"a held call, gone":      {held, 481, "gone", "no media came, and the peer knows of no such call"},
		"a held call, mute":      {held, 0, "mute", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := recording("call-1")
			m.body = both(c.sdp, annAndBob)
			b, _, pass := quietCall(t, m)
			var asked []string
			b.send = func(_ context.Context, req *gosip.Request, heard func(*gosip.Response)) error {
				asked = append(asked, req.Method.String())
				if req.Method != gosip.OPTIONS || c.status == 0 {
					return errors.New("nobody answers")
				}
				heard(gosip.NewResponseFromRequest(req, 100, "Trying", nil))
				heard(gosip.NewResponseFromRequest(req, c.status, "", nil))
				return nil
			}
			if pass(5*time.Minute - 1); len(asked) != 0 {
				t.Fatalf("asked too early: %v", asked)
			}
			pass(1)
			if len(asked) == 0 || asked[0] != "OPTIONS" || testutil.ToFloat64(b.metrics.probes.WithLabelValues(c.outcome)) != 1 {
				t.Errorf("asked %v", asked)
			}
			if live := len(b.dialogs.all()) == 1; live != (c.ends == "") {
				t.Fatalf("it goes on: %v", live)
			}
			<-b.calls.told // its beginning
			if c.ends != "" {
				if got := <-b.calls.told; got != "end tx-1 "+c.ends {
					t.Error(got)
				}
				return
			}
			asked = nil
			if pass(5*time.Minute - 1); len(asked) != 0 {
				t.Errorf("asked again too early: %v", asked)
			}
			if pass(1); len(asked) != 1 {
				t.Errorf("not asked again: %v", asked)
			}
		})
	}
}

func TestCallsThatAreNotAsked(t *testing.T) {
	for name, change := range map[string]func(*bench, *message){
		"with a session timer": func(_ *bench, m *message) { m.headers = append(m.headers, "Supported: timer", "Session-Expires: 1800") },
		"that bring media":     func(b *bench, _ *message) { b.media.mute = false },
		"without a limit":      func(b *bench, _ *message) { b.cfg.Timeout = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			m := recording("call-1")
			change(newBench(t), &m)
			b, _, pass := quietCall(t, m)
			change(b, &message{})
			b.send = func(_ context.Context, req *gosip.Request, _ func(*gosip.Response)) error {
				t.Errorf("it was sent %s", req.Method)
				return nil
			}
			for range 10 {
				pass(2 * time.Minute)
			}
		})
	}
}

func TestOurRequestsInADialogAreCounted(t *testing.T) {
	b, d, _ := quietCall(t, recording("call-1"))
	for want, method := range []gosip.RequestMethod{gosip.OPTIONS, gosip.OPTIONS, gosip.BYE} {
		if got := b.requestIn(d, method).CSeq(); got.SeqNo != uint32(want+1) || got.MethodName != method {
			t.Errorf("request %d is %s", want+1, got.Value())
		}
	}
}
