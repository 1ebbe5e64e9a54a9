package task

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"timbre"
)

const noTone = `{"VoiceAnalyticsProcessorConfiguration": {"VoiceToneAnalysisStatus": "Disabled"}}`

func TestStartRefuses(t *testing.T) {
	const search, tone = timbre.SpeakerSearch, timbre.VoiceTone
	off := func(h *harness) { h.store.streaming.Disabled = true }
	for _, c := range []struct {
		name   string
		change func(*harness)
		ask    func(*timbre.Task)
		want   timbre.Kind
		kinds  []timbre.TaskKind // both if empty
		always bool              // also refused with analytics: always
	}{
		{name: "unknown connector", ask: func(t *timbre.Task) { t.ConnectorID = "other" }, want: timbre.NotFound, always: true},
		{name: "unknown domain", ask: func(t *timbre.Task) { t.DomainID = "other" }, want: timbre.NotFound, kinds: []timbre.TaskKind{search}, always: true},
		{name: "unknown call", ask: func(t *timbre.Task) { t.TransactionID = "other" }, want: timbre.NotFound, always: true},
		{name: "call of another connector", change: func(h *harness) { h.store.connectors["vc2"] = true }, ask: func(t *timbre.Task) { t.ConnectorID = "vc2" }, want: timbre.NotFound, always: true},
		{name: "ended call", change: func(h *harness) { h.hangUp() }, want: timbre.Gone, always: true},
		{name: "existence before state", change: func(h *harness) { h.hangUp() }, ask: func(t *timbre.Task) { t.DomainID = "other" }, want: timbre.NotFound, kinds: []timbre.TaskKind{search}, always: true},
		{name: "gone before streaming", change: func(h *harness) { off(h); h.hangUp() }, want: timbre.Gone, always: true},
		{name: "no streaming", change: func(h *harness) { h.store.streaming = nil }, want: timbre.Unprocessable},
		{name: "streaming disabled", change: off, want: timbre.Unprocessable},
		{name: "no link", change: func(h *harness) { h.store.streaming.Insights = nil }, want: timbre.Unprocessable},
		{name: "link disabled", change: func(h *harness) { h.store.streaming.Insights.Disabled = true }, want: timbre.Unprocessable},
		{name: "no configuration", change: func(h *harness) { h.store.config = nil }, want: timbre.Unprocessable},
		{name: "no voice analytics", change: func(h *harness) { h.store.config.Elements = nil }, want: timbre.Unprocessable},
		{name: "tone disabled", change: func(h *harness) { h.store.config.Elements[0].Document = []byte(noTone) }, want: timbre.Unprocessable, kinds: []timbre.TaskKind{tone}},
		{name: "no such leg", change: func(h *harness) { h.live[tx] = aCall(timbre.Caller) }, ask: func(t *timbre.Task) { t.Side = timbre.Callee }, want: timbre.Unprocessable, kinds: []timbre.TaskKind{search}, always: true},
		{name: "no leg at all", change: func(h *harness) { h.live[tx] = aCall() }, want: timbre.Unprocessable, always: true},
	} {
		kinds := c.kinds
		if kinds == nil {
			kinds = []timbre.TaskKind{search, tone}
		}
		for _, kind := range kinds {
			t.Run(c.name+", "+kind.String(), func(t *testing.T) {
				inHarness(t, func(h *harness) {
					if c.change != nil {
						c.change(h)
					}
					r := request(kind)
					if c.ask != nil {
						c.ask(&r)
					}
					_, err := h.Start(h.t.Context(), r)
					wantKind(t, err, c.want)
					h.cfg.Always = true
					if _, err = h.Start(h.t.Context(), r); c.always {
						wantKind(t, err, c.want)
					} else if err != nil {
						t.Errorf("analytics: always: got %v, want no error", err)
					}
				})
			})
		}
	}
}

func TestCallLegDefault(t *testing.T) {
	for _, c := range []struct {
		legs []timbre.Side
		ask  timbre.Side
		want int // -1: refused
	}{
		{[]timbre.Side{timbre.Caller, timbre.Callee}, timbre.Mixed, 0},
		{[]timbre.Side{timbre.Callee, timbre.Caller}, timbre.Mixed, 1},
		{[]timbre.Side{timbre.Callee, timbre.Caller}, timbre.Callee, 0},
		{[]timbre.Side{timbre.Mixed}, timbre.Mixed, 0},
		{[]timbre.Side{timbre.Mixed}, timbre.Caller, 0},
		{[]timbre.Side{timbre.Mixed}, timbre.Callee, 0},
		{[]timbre.Side{timbre.Mixed, timbre.Mixed}, timbre.Mixed, 0},
		{[]timbre.Side{timbre.Mixed, timbre.Mixed}, timbre.Caller, -1},
		{[]timbre.Side{timbre.Callee}, timbre.Mixed, -1},
		{[]timbre.Side{timbre.Caller}, timbre.Callee, -1},
	} {
		t.Run(fmt.Sprintf("%v of %v", c.ask, c.legs), func(t *testing.T) {
			inHarness(t, func(h *harness) {
				h.live[tx] = aCall(c.legs...)
				r := request(timbre.SpeakerSearch)
				r.Side = c.ask
				task, err := h.Start(h.t.Context(), r)
				switch {
				case c.want < 0:
					wantKind(t, err, timbre.Unprocessable)
				case err != nil || task.Side != c.legs[c.want] || h.sink(c.want) == nil:
					t.Errorf("legs %v, %v requested: got %v, %v", c.legs, c.ask, task.Side, err)
				}
			})
		})
	}
}

func TestOneActiveTaskOfAKind(t *testing.T) {
	inHarness(t, func(h *harness) {
		first := h.start(timbre.SpeakerSearch)
		h.start(timbre.VoiceTone)
		_, err := h.Start(h.t.Context(), request(timbre.SpeakerSearch))
		wantKind(t, err, timbre.Limit)
		if err := h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", first.ID); err != nil {
			t.Fatal(err)
		}
		h.start(timbre.SpeakerSearch)
	})
}

func TestTokenReturnsItsTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		r := request(timbre.SpeakerSearch)
		r.Token = "token"
		first, err := h.Start(h.t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		again := func(when string) {
			t.Helper()
			if got, err := h.Start(h.t.Context(), r); err != nil || got.ID != first.ID {
				t.Errorf("%s: got %v, %v; want %s", when, got.ID, err, first.ID)
			}
		}
		again("while active")
		for name, change := range map[string]func(*timbre.Task){
			"connector": func(t *timbre.Task) { t.ConnectorID = "vc2" }, "call": func(t *timbre.Task) { t.TransactionID = "tx2" },
			"domain": func(t *timbre.Task) { t.DomainID = "domain2" }, "leg": func(t *timbre.Task) { t.Side = timbre.Callee },
		} {
			other := r
			change(&other)
			if _, err := h.Start(h.t.Context(), other); timbre.KindOf(err) != timbre.Conflict || err == nil {
				t.Errorf("other %s: got %v, want Conflict", name, err)
			}
		}
		tone := request(timbre.VoiceTone)
		tone.Token = r.Token
		if got, err := h.Start(h.t.Context(), tone); err != nil || got.ID == first.ID {
			t.Errorf("token of the other kind: got %v, want a task", err)
		}
		if err := h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", first.ID); err != nil {
			t.Fatal(err)
		}
		again("after a stop")
		h.hangUp()
		again("after the call")
	})
}

func TestConcurrentStartsWithOneToken(t *testing.T) {
	inHarness(t, func(h *harness) {
		r := request(timbre.VoiceTone)
		r.Token = "token"
		var all sync.WaitGroup
		ids := make([]string, 8)
		for i := range ids {
			all.Go(func() {
				task, err := h.Start(h.t.Context(), r)
				if err != nil {
					t.Error(err)
				}
				ids[i] = task.ID
			})
		}
		all.Wait()
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("got tasks %v, want one", ids)
			}
		}
	})
}

func TestCallEndsDuringStart(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.deps.Calls = always{fakeCalls{h}} // what Start reads; the speech source knows that it has ended
		delete(h.live, tx)
		task, err := h.Start(h.t.Context(), request(timbre.SpeakerSearch))
		if err != nil {
			t.Fatal(err)
		}
		after(h.t.Context(), time.Second)
		h.wantStatus(task.ID, timbre.Failed, false)
		h.wantAnnounced(timbre.IdentificationFailure)
	})
}

type always struct{ fakeCalls }

func (always) Call(string) (timbre.Call, bool) { return twoLegs, true }

func TestGetRequiresKindAndOwner(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.SpeakerSearch)
		if got, err := h.Get(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID); err != nil || got.ID != task.ID {
			t.Errorf("%v, %v", got, err)
		}
		for _, ask := range []struct {
			kind   timbre.TaskKind
			vc, id string
		}{{timbre.VoiceTone, "vc", task.ID}, {timbre.SpeakerSearch, "vc2", task.ID}, {timbre.SpeakerSearch, "vc", "other"}} {
			_, err := h.Get(h.t.Context(), ask.kind, ask.vc, ask.id)
			wantKind(t, err, timbre.NotFound)
			wantKind(t, h.Stop(h.t.Context(), ask.kind, ask.vc, ask.id), timbre.NotFound)
		}
	})
}
