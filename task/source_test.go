package task

import (
	"testing"
	"time"

	"timbre"
)

// withStreams gives the live call's legs their streams.
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

func TestTaskOnAPipelineHearsItsStreamAlone(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		h.store.streaming = nil // the connector's settings are no affair of a pipeline's
		s, err := h.Start(t.Context(), onStream(timbre.SpeakerSearch, "stream 1"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Side != timbre.Callee || s.ConnectorID != "" {
			t.Errorf("started as %+v", s)
		}
		h.speak(0, time.Minute, true)
		h.wantStatus(s.ID, timbre.InQueue, true)
		h.speak(1, ForVoiceprint, true)
		h.wantStatus(s.ID, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if e := h.announcer.events[0]; e.Source == nil || e.Source.StreamARN != "stream 1" || len(e.Call.Legs) != 1 || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("told %+v", e)
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

// Whatever fragment is asked for, a task hears nothing from before its start, and says so.
func TestTaskOnAPipelineBeginsAtTheFragmentThatItsStreamHasComeTo(t *testing.T) {
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
			t.Errorf("asked for %s, started at %s, want %s", past.Source.Fragment, first.Source.Fragment, now)
		}
		h.at += time.Minute
		again, err := h.Start(t.Context(), past)
		if err != nil || again.ID != first.ID || again.Source.Fragment != now {
			t.Errorf("the same token gives %s at %s: %v", again.ID, again.Source.Fragment, err)
		}
		h.speak(1, Tick, true)
		if e := h.announcer.events[0]; e.Source.Fragment != now {
			t.Errorf("told of fragment %s", e.Source.Fragment)
		}
	})
}

func TestToneOnAPipelineIsOfOneLeg(t *testing.T) {
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
			t.Errorf("repeated: %s, %v, %v", b.ID, used, err)
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

func TestTaskOnAPipelineThatWasRunningWhenTheServerDiedFailsForItsStream(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.withStreams()
		dead := onStream(timbre.VoiceTone, "stream 1")
		dead.ID, dead.Active, dead.Status = "dead", true, timbre.InProgress
		h.store.tasks["dead"] = dead
		if err := h.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.wantAnnounced(timbre.ToneFailure)
		if e := h.announcer.events[0]; e.Source == nil || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("told %+v", e)
		}
	})
}
