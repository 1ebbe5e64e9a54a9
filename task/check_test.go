package task

import (
	"fmt"
	"testing"

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
					h.cfg.AnalyticsAlways = true
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
