package pipeline

import (
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

func TestConnectorsPipelineBeginsWithTheConnectorsTask(t *testing.T) {
	inWorld(t, func(w *world) {
		w.CallBegun(t.Context(), w.liveCall())
		w.wantEvents() // no configuration is linked
		w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
		w.CallBegun(t.Context(), w.liveCall())
		w.wantEvents(timbre.InsightsCreated, "CallAnalyticsMetadata ")
		p := w.events[0].Pipeline
		if p.ConnectorID != "vc" || p.Metadata["transactionId"] != tx || p.Metadata["fromNumber"] != "1" || p.Metadata["direction"] != "Outbound" {
			t.Errorf("got pipeline %+v", p)
		}
		w.wantStreams(p.ID, of(calleeAt, 0, "AGENT"), of(callerAt, 1, "CUSTOMER"))
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
