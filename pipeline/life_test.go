package pipeline

import (
	"errors"
	"testing"
	"time"

	"timbre"
)

func TestPipelineIsInProgressFromTheFirstMedia(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.is(p.ID, timbre.PipelineNotStarted)
		if got := p.Elements; len(got) != 2 || got[0].Status != timbre.PipelineNotSupported || got[1].Status != timbre.PipelineNotStarted {
			t.Errorf("got elements %+v", got)
		}
		wait(time.Minute) // no task has been started, so silence does not stop it
		w.start(p.ID)
		w.is(p.ID, timbre.PipelineInitializing)
		w.media(time.Second, 0)
		w.is(p.ID, timbre.PipelineInProgress)
		w.media(time.Minute, 14*time.Second)
		w.is(p.ID, timbre.PipelineInProgress)
		w.wantEvents(timbre.InsightsInProgress)
		wait(2 * time.Second)
		w.is(p.ID, timbre.PipelineStopped)
		w.wantEvents(timbre.InsightsInProgress, timbre.InsightsStopped)
		if len(w.taps) != 0 || len(w.all()) != 0 {
			t.Error("got taps of a stopped pipeline, want none")
		}
	})
}

func TestPipelineStops15SecondsAfterItsCall(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.mu.Lock()
		delete(w.live, tx)
		w.mu.Unlock()
		wait(14 * time.Second)
		w.is(p.ID, timbre.PipelineNotStarted)
		wait(2 * time.Second)
		w.is(p.ID, timbre.PipelineStopped)
	})
}

func TestPipelineStopsAfter8Hours(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		task := w.start(p.ID)
		w.media(time.Second, 0)
		for range 8 * 60 * 6 { // media every ten seconds
			w.media(timbre.FrameDuration, 10*time.Second-timbre.FrameDuration)
			if time.Since(p.Created) < timbre.PipelineLife {
				w.is(p.ID, timbre.PipelineInProgress)
			}
		}
		w.is(p.ID, timbre.PipelineStopped)
		if w.tasks[task.ID].Active {
			t.Error("got an active task, want it stopped")
		}
	})
}

func TestPipelineStopsAfter2HoursOfPause(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		task := w.start(p.ID)
		w.media(time.Second, 0)
		w.must(w.Pause(t.Context(), p.ARN))
		w.is(p.ID, timbre.PipelinePaused)
		if w.tasks[task.ID].Active {
			t.Error("got an active task of a paused pipeline, want it stopped")
		}
		wait(timbre.PipelinePause - time.Second)
		w.is(p.ID, timbre.PipelinePaused)
		wait(2 * time.Second)
		w.is(p.ID, timbre.PipelineStopped)
		w.wantEvents(timbre.InsightsInProgress, timbre.InsightsPaused, timbre.InsightsStopped)
		w.refused("resumed", w.Resume(t.Context(), p.ID), timbre.Conflict)
	})
}

func TestResumedPipelineAcceptsTasks(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.refused("resumed without a pause", w.Resume(t.Context(), p.ID), timbre.Conflict)
		w.start(p.ID)
		w.media(time.Second, 0)
		w.must(w.Pause(t.Context(), p.ID))
		w.refused("paused again", w.Pause(t.Context(), p.ID), timbre.Conflict)
		_, err := w.Start(t.Context(), p.ID, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{}})
		w.refused("a start while it is paused", err, timbre.Conflict)
		wait(time.Hour)
		w.must(w.Resume(t.Context(), p.ID))
		w.start(p.ID)
		w.media(time.Second, 0)
		w.is(p.ID, timbre.PipelineInProgress)
		w.wantEvents(timbre.InsightsInProgress, timbre.InsightsPaused, timbre.InsightsInProgress)
	})
}

func TestConnectorsPipelineBeginsWithTheConnectorsTask(t *testing.T) {
	inWorld(t, func(w *world) {
		w.CallBegun(t.Context(), w.liveCall())
		w.wantEvents() // no configuration is linked
		w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
		w.CallBegun(t.Context(), w.liveCall())
		w.wantEvents(timbre.InsightsCreated)
		p := w.events[0].Pipeline
		if p.ConnectorID != "vc" || p.Metadata["transactionId"] != tx || p.Metadata["fromNumber"] != "1" || p.Metadata["direction"] != "Outbound" {
			t.Errorf("got pipeline %+v", p)
		}
		if s := p.Streams; len(s) != 2 || s[0].ARN != calleeAt || s[0].Defined[0] != (timbre.Channel{ID: 0, Role: "AGENT"}) ||
			s[1].ARN != callerAt || s[1].Defined[0] != (timbre.Channel{ID: 1, Role: "CUSTOMER"}) {
			t.Errorf("got streams %+v, want callee on channel 0 and caller on channel 1", s)
		}
		hand := w.make()
		w.TaskStarted(t.Context(), timbre.Task{TransactionID: tx})
		w.media(time.Second, 0)
		w.is(p.ID, timbre.PipelineInProgress)
		w.is(hand.ID, timbre.PipelineNotStarted)
	})
}

func TestCreateFailedIsReported(t *testing.T) {
	inWorld(t, func(w *world) {
		w.linked = &timbre.InsightsLink{ConfigurationARN: "deleted"}
		w.CallBegun(t.Context(), w.liveCall())
		w.wantEvents(timbre.InsightsCreateFailed)
		if e := w.events[0]; e.Kind != timbre.NotFound || e.Pipeline.ARN != "" || e.Pipeline.ConfigurationARN != "deleted" || e.StatusMessage == "" {
			t.Errorf("got event %+v", e)
		}
	})
}

func TestOneTaskOfAKindOnAStream(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.start(p.ID)
		_, err := w.Start(t.Context(), p.ID, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{}})
		w.refused("a second one", err, timbre.Conflict)
		w.config.Elements = nil
		_, err = w.Start(t.Context(), p.ID, timbre.Task{Kind: timbre.SpeakerSearch, Source: &timbre.PipelineSource{}})
		w.refused("without voice analytics", err, timbre.Conflict)
	})
}

func TestTokenReturnsItsPipeline(t *testing.T) {
	inWorld(t, func(w *world) {
		p := byHand()
		p.Token = "token"
		first, err := w.Create(t.Context(), p)
		w.must(err)
		again, err := w.Create(t.Context(), p)
		w.must(err)
		if again.ID != first.ID {
			t.Errorf("got %s, want %s", again.ID, first.ID)
		}
		p.Metadata = map[string]string{"another": "one"}
		_, err = w.Create(t.Context(), p)
		w.refused("with other parameters", err, timbre.Conflict)
	})
}

func TestCreateChecksTheFragment(t *testing.T) {
	inWorld(t, func(w *world) {
		w.at = 90 * time.Second
		for fragment, want := range map[string]timbre.Kind{
			timbre.Fragment(callerAt, 91*time.Second): timbre.Invalid,
			timbre.Fragment(calleeAt, 0):              timbre.Invalid,
			"0":                                       timbre.Invalid,
		} {
			p := byHand()
			p.Streams[0].Fragment = fragment
			_, err := w.Create(t.Context(), p)
			w.refused(fragment, err, want)
		}
		p := byHand()
		p.Streams[0].Fragment = timbre.Fragment(callerAt, w.at)
		made, err := w.Create(t.Context(), p)
		w.must(err)
		if got := made.Streams[0].Fragment; got != p.Streams[0].Fragment {
			t.Errorf("got fragment %q", got)
		}
	})
}

func TestDeleteReportsStopped(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		task := w.start(p.ID)
		w.must(w.Delete(t.Context(), p.ID))
		w.wantEvents(timbre.InsightsStopped)
		w.refused("deleted again", w.Delete(t.Context(), p.ID), timbre.NotFound)
		if w.tasks[task.ID].Active {
			t.Error("got an active task, want it stopped")
		}
	})
}

func TestRecoverEndsInterruptedPipelines(t *testing.T) {
	inWorld(t, func(w *world) {
		idle, begun := w.make(), w.make()
		w.start(begun.ID)
		w.media(time.Second, 0)
		w.events = nil
		w.open() // as after a crash
		w.must(w.Recover(t.Context()))
		w.is(idle.ID, timbre.PipelineStopped)
		w.is(begun.ID, timbre.PipelineFailed)
		if p, _ := w.Pipeline(t.Context(), begun.ID); p.Reason != crashMessage || p.Elements[1].Status != timbre.PipelineFailed || p.Elements[0].Status != timbre.PipelineNotSupported {
			t.Errorf("got pipeline %+v, want it failed", p)
		}
		if len(w.events) != 2 {
			t.Errorf("got %d events, want 2", len(w.events))
		}
		w.must(w.Recover(t.Context()))
		if len(w.events) != 2 {
			t.Error("got events of the second Recover, want none")
		}
	})
}

func TestStopThatCannotBeSavedIsRetried(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.start(p.ID)
		w.media(time.Second, 0)
		w.mu.Lock()
		w.saving = errors.New("the disk is full")
		w.mu.Unlock()
		wait(time.Minute)
		w.is(p.ID, timbre.PipelineInProgress)
		w.mu.Lock()
		w.saving = nil
		w.mu.Unlock()
		wait(retryInterval + time.Second)
		w.is(p.ID, timbre.PipelineStopped)
	})
}

func TestCloseStopsPipelines(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.must(w.Close(t.Context()))
		w.is(p.ID, timbre.PipelineStopped)
		_, err := w.Create(t.Context(), byHand())
		w.refused("after it", err, timbre.Unavailable)
	})
}
