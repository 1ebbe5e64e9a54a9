package task

import (
	"testing"
	"time"

	"timbre"
)

// withStreams gives the live call's legs their streams.
func (o *office) withStreams() {
	c := aCall(timbre.Caller, timbre.Callee)
	c.Legs[0].StreamARN, c.Legs[1].StreamARN = "stream 0", "stream 1"
	o.at = 90 * time.Second
	o.live[tx], o.store.calls[tx] = c, c
}

func onStream(kind timbre.TaskKind, stream string) timbre.Task {
	t := timbre.Task{Kind: kind, TransactionID: tx, Source: &timbre.PipelineSource{PipelineID: "pipeline", StreamARN: stream, Channel: 1}}
	if kind == timbre.SpeakerSearch {
		t.DomainID = "domain"
	}
	return t
}

func TestTaskOnAPipelineHearsItsStreamAlone(t *testing.T) {
	inOffice(t, func(o *office) {
		o.withStreams()
		o.store.streaming = nil // the connector's settings are no affair of a pipeline's
		s, err := o.Start(t.Context(), onStream(timbre.SpeakerSearch, "stream 1"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Side != timbre.Callee || s.ConnectorID != "" {
			t.Errorf("started as %+v", s)
		}
		o.say(0, time.Minute, true)
		o.wantStatus(s.ID, timbre.InQueue, true)
		o.say(1, ForVoiceprint, true)
		o.wantStatus(s.ID, timbre.Succeeded, false)
		o.wantTold(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if e := o.words.events[0]; e.Source == nil || e.Source.StreamARN != "stream 1" || len(e.Call.Legs) != 1 || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("told %+v", e)
		}
		if _, err := o.Get(t.Context(), timbre.SpeakerSearch, "pipeline", s.ID); err != nil {
			t.Error(err)
		}
		_, err = o.Get(t.Context(), timbre.SpeakerSearch, "vc", s.ID)
		wantKind(t, err, timbre.NotFound)
		if _, err := o.Enrol(t.Context(), s.ID); err != nil {
			t.Error(err)
		}
	})
}

// Whatever fragment is asked for, a task hears nothing from before its start, and says so.
func TestTaskOnAPipelineBeginsAtTheFragmentThatItsStreamHasComeTo(t *testing.T) {
	inOffice(t, func(o *office) {
		o.withStreams()
		ahead := onStream(timbre.VoiceTone, "stream 1")
		ahead.Source.Fragment = timbre.Fragment("stream 1", o.at+timbre.FragmentLength)
		_, err := o.Start(t.Context(), ahead)
		wantKind(t, err, timbre.Invalid)
		past := onStream(timbre.VoiceTone, "stream 1")
		past.Source.Fragment, past.Token = timbre.Fragment("stream 1", 0), "token"
		first, err := o.Start(t.Context(), past)
		if err != nil {
			t.Fatal(err)
		}
		now := timbre.Fragment("stream 1", o.at)
		if first.Source.Fragment != now || past.Source.Fragment == now {
			t.Errorf("asked for %s, started at %s, want %s", past.Source.Fragment, first.Source.Fragment, now)
		}
		o.at += time.Minute
		again, err := o.Start(t.Context(), past)
		if err != nil || again.ID != first.ID || again.Source.Fragment != now {
			t.Errorf("the same token gives %s at %s: %v", again.ID, again.Source.Fragment, err)
		}
		o.say(1, Tick, true)
		if e := o.words.events[0]; e.Source.Fragment != now {
			t.Errorf("told of fragment %s", e.Source.Fragment)
		}
	})
}

func TestToneOnAPipelineIsOfOneLeg(t *testing.T) {
	inOffice(t, func(o *office) {
		o.withStreams()
		if _, err := o.Start(t.Context(), onStream(timbre.VoiceTone, "stream 1")); err != nil {
			t.Fatal(err)
		}
		o.say(1, 2*Tick, true)
		o.hangUp()
		o.wantTold(timbre.ToneSuccessful, timbre.ToneSuccessful, timbre.ToneCompleted)
	})
}

func TestStartOnAPipelineRefuses(t *testing.T) {
	inOffice(t, func(o *office) {
		o.withStreams()
		_, err := o.Start(t.Context(), onStream(timbre.VoiceTone, "another"))
		wantKind(t, err, timbre.NotFound)
		lost := onStream(timbre.SpeakerSearch, "stream 0")
		lost.DomainID = "other"
		_, err = o.Start(t.Context(), lost)
		wantKind(t, err, timbre.NotFound)

		first := onStream(timbre.VoiceTone, "stream 0")
		first.Token = "token"
		a, err := o.Start(t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		if b, used, err := o.Repeated(t.Context(), first); err != nil || !used || b.ID != a.ID {
			t.Errorf("repeated: %s, %v, %v", b.ID, used, err)
		}
		other := onStream(timbre.VoiceTone, "stream 1")
		other.Token = "token"
		_, err = o.Start(t.Context(), other)
		wantKind(t, err, timbre.Conflict)

		o.hangUp()
		_, err = o.Start(t.Context(), onStream(timbre.VoiceTone, "stream 0"))
		wantKind(t, err, timbre.Gone)
	})
}

func TestTaskOnAPipelineThatWasRunningWhenTheServerDiedFailsForItsStream(t *testing.T) {
	inOffice(t, func(o *office) {
		o.withStreams()
		dead := onStream(timbre.VoiceTone, "stream 1")
		dead.ID, dead.Active, dead.Status = "dead", true, timbre.InProgress
		o.store.tasks["dead"] = dead
		if err := o.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.wantTold(timbre.ToneFailure)
		if e := o.words.events[0]; e.Source == nil || e.Call.Legs[e.Leg].Side != timbre.Callee {
			t.Errorf("told %+v", e)
		}
	})
}
