package task

import (
	"testing"
	"time"

	"timbre"
)

// withStreams names the streams of the live call.
func (h *harness) withStreams() {
	c := aCall(timbre.Caller, timbre.Callee)
	c.Legs[0].StreamARN, c.Legs[1].StreamARN = "stream 0", "stream 1"
	h.at = 90 * time.Second
	h.live[tx], h.store.calls[tx] = c, c
}

func onStream(kind timbre.TaskKind, stream string) timbre.Task {
	t := timbre.Task{Kind: kind, TransactionID: tx, Source: &timbre.PipelineSource{PipelineID: "pipeline", StreamARN: stream, Channel: 1}}
	if kind == timbre.SpeakerSearch {
		t.DomainID = "domain"
	}
	return t
}

func TestTaskOnAPipelineReceivesItsStreamAlone(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		h.store.streaming = nil // a pipeline does not need the connector's settings
		s, err := h.Start(t.Context(), onStream(timbre.SpeakerSearch, "stream 1"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Side != timbre.Callee || s.ConnectorID != "" {
			t.Errorf("got task %+v, want one on the callee without a connector", s)
		}
		h.speak(0, time.Minute, true)
		h.wantStatus(s.ID, timbre.InQueue, true)
		h.speak(1, ForVoiceprint, true)
		h.wantStatus(s.ID, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if e := h.announcer.events[0]; e.Source == nil || e.Source.StreamARN != "stream 1" || len(e.Call.Legs) != 1 || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("got event %+v", e)
		}
		if _, err := h.Get(t.Context(), timbre.SpeakerSearch, "pipeline", s.ID); err != nil {
			t.Error(err)
		}
		_, err = h.Get(t.Context(), timbre.SpeakerSearch, "vc", s.ID)
		wantKind(t, err, timbre.NotFound)
		if _, err := h.Enrol(t.Context(), s.ID); err != nil {
			t.Error(err)
		}
	})
}

// Whatever fragment is requested, a task receives no audio from before its start, and reports that.
func TestTaskOnAPipelineStartsAtTheCurrentFragment(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		ahead := onStream(timbre.VoiceTone, "stream 1")
		ahead.Source.Fragment = timbre.Fragment("stream 1", h.at+timbre.FragmentLength)
		_, err := h.Start(t.Context(), ahead)
		wantKind(t, err, timbre.Invalid)
		past := onStream(timbre.VoiceTone, "stream 1")
		past.Source.Fragment, past.Token = timbre.Fragment("stream 1", 0), "token"
		first, err := h.Start(t.Context(), past)
		if err != nil {
			t.Fatal(err)
		}
		now := timbre.Fragment("stream 1", h.at)
		if first.Source.Fragment != now || past.Source.Fragment == now {
			t.Errorf("requested %s: got %s, want %s", past.Source.Fragment, first.Source.Fragment, now)
		}
		h.at += time.Minute
		again, err := h.Start(t.Context(), past)
		if err != nil || again.ID != first.ID || again.Source.Fragment != now {
			t.Errorf("same token: got task %s at %s, %v; want %s at %s", again.ID, again.Source.Fragment, err, first.ID, now)
		}
		h.speak(1, Tick, true)
		if e := h.announcer.events[0]; e.Source.Fragment != now {
			t.Errorf("got an event of fragment %s, want %s", e.Source.Fragment, now)
		}
	})
}

func TestToneOnAPipelineHasOneLeg(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		if _, err := h.Start(t.Context(), onStream(timbre.VoiceTone, "stream 1")); err != nil {
			t.Fatal(err)
		}
		h.speak(1, 2*Tick, true)
		h.hangUp()
		h.wantAnnounced(timbre.ToneSuccessful, timbre.ToneSuccessful, timbre.ToneCompleted)
	})
}

func TestStartOnAPipelineRefuses(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		_, err := h.Start(t.Context(), onStream(timbre.VoiceTone, "another"))
		wantKind(t, err, timbre.NotFound)
		lost := onStream(timbre.SpeakerSearch, "stream 0")
		lost.DomainID = "other"
		_, err = h.Start(t.Context(), lost)
		wantKind(t, err, timbre.NotFound)

		first := onStream(timbre.VoiceTone, "stream 0")
		first.Token = "token"
		a, err := h.Start(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if b, used, err := h.Repeated(t.Context(), first); err != nil || !used || b.ID != a.ID {
			t.Errorf("Repeated: got %s, %v, %v; want %s", b.ID, used, err, a.ID)
		}
		other := onStream(timbre.VoiceTone, "stream 1")
		other.Token = "token"
		_, err = h.Start(t.Context(), other)
		wantKind(t, err, timbre.Conflict)

		h.hangUp()
		_, err = h.Start(t.Context(), onStream(timbre.VoiceTone, "stream 0"))
		wantKind(t, err, timbre.Gone)
	})
}

func TestRecoverTaskOnAPipeline(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		dead := onStream(timbre.VoiceTone, "stream 1")
		dead.ID, dead.Active, dead.Status = "dead", true, timbre.InProgress
		h.store.tasks["dead"] = dead
		if err := h.recover(); err != nil {
			t.Fatal(err)
		}
		h.wantAnnounced(timbre.ToneFailure)
		if e := h.announcer.events[0]; e.Source == nil || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("got event %+v", e)
		}
	})
}
