package pipeline

import (
	"testing"
	"time"

	"timbre"
)

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
