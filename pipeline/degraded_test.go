package pipeline

import (
	"testing"
	"time"

	"timbre"
)

const broken = "the analysis failed on this server"

func (w *world) element(id string) timbre.ElementStatus {
	w.t.Helper()
	p, err := w.Pipeline(w.t.Context(), id)
	w.must(err)
	return p.Elements[1]
}

func TestTemporaryFailureIsReportedAndCleared(t *testing.T) {
	inWorld(t, func(w *world) {
		p, other := w.make(), w.make()
		task := w.start(p.ID)
		w.TaskDegraded(task, broken)
		w.media(time.Second, 0)
		w.is(p.ID, timbre.PipelineInProgress)
		w.wantEvents(timbre.InsightsInProgress, timbre.InsightsTemporaryFailure)
		if e := w.element(p.ID); e.Status != timbre.PipelineTemporarilyFailed || e.Detail != broken || w.events[1].StatusMessage != broken {
			t.Errorf("got element %+v", e)
		}
		w.media(10*time.Second, 0) // it is reported once
		w.TaskDegraded(task, "")
		w.media(time.Second, 0)
		w.wantEvents(timbre.InsightsInProgress, timbre.InsightsTemporaryFailure, timbre.InsightsInProgress)
		if e := w.element(p.ID); e.Status != timbre.PipelineInProgress || e.Detail != "" {
			t.Errorf("afterwards: got element %+v, want it in progress", e)
		}
		w.is(other.ID, timbre.PipelineNotStarted)
	})
}

func TestTemporarilyFailedPipelineEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.make()
		w.TaskDegraded(w.start(p.ID), broken)
		w.media(time.Second, timbre.PipelineSilence+time.Second)
		w.is(p.ID, timbre.PipelineStopped)
		if e := w.element(p.ID); e.Status != timbre.PipelineStopped || e.Detail != "" {
			t.Errorf("got element %+v", e)
		}
		p = w.make()
		w.TaskDegraded(w.start(p.ID), broken)
		w.media(time.Second, 0)
		w.open() // as after a crash
		w.must(w.recover())
		w.is(p.ID, timbre.PipelineFailed)
	})
}

// The connector's tasks belong to the pipeline that it has created for the call alone.
func TestTemporaryFailureOfAConnectorsTask(t *testing.T) {
	inWorld(t, func(w *world) {
		w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
		w.CallBegun(t.Context(), w.liveCall())
		hand := w.make()
		w.start(hand.ID)
		task := timbre.Task{ID: "voice api", ConnectorID: "vc", TransactionID: tx}
		w.TaskStarted(t.Context(), task)
		w.TaskDegraded(task, broken)
		w.media(time.Second, 0)
		if e := w.element(w.events[0].Pipeline.ID); e.Status != timbre.PipelineTemporarilyFailed {
			t.Errorf("connector's pipeline: got element %+v, want TemporarilyFailed", e)
		}
		if e := w.element(hand.ID); e.Status == timbre.PipelineTemporarilyFailed {
			t.Errorf("other pipeline: got element %+v, want no failure", e)
		}
	})
}
