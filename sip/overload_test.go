package sip

import (
	"testing"
	"testing/synctest"

	gosip "github.com/emiago/sipgo/sip"
)

type fakeLoad float64

func (l *fakeLoad) Load() float64 { return float64(*l) }

// Live calls go on; new ones, and the probes by which peers choose a server, are sent elsewhere until results are in time again.
func TestAnOverloadedServerSendsNewRecordingsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, load := newBench(t), fakeLoad(0)
		b.Server.deps.Load = &load
		a := b.call(t, recordingOf("call-1"), true)
		load = 1
		for _, m := range []message{recordingOf("call-2"), {method: "OPTIONS", seq: 1}} {
			res := b.ask(t, m.String()).last()
			if res.StatusCode != gosip.StatusServiceUnavailable || res.GetHeader("Retry-After") == nil {
				t.Errorf("got %s to %s, want 503 with Retry-After", res, m.method)
			}
		}
		if res := b.ask(t, a.in("OPTIONS", 2).String()).last(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s to OPTIONS within the call, want 200", res)
		}
		load = 0.9
		if res := b.ask(t, recordingOf("call-2").String()).last(); res.StatusCode != gosip.StatusOK {
			t.Errorf("got %s below that, want 200", res)
		}
	})
}
