package task

import (
	"testing"
	"time"

	"timbre"
)

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
