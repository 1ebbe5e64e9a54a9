package pipeline

import (
	"errors"
	"testing"
	"time"

	"timbre"
)

func TestRecoverEndsInterruptedPipelines(t *testing.T) {
	inWorld(t, func(w *world) {
		idle, begun := w.make(), w.make()
		w.start(begun.ID)
		w.media(time.Second, 0)
		w.events = nil
		w.open() // as after a crash
		w.must(w.recover())
		w.is(idle.ID, timbre.PipelineStopped)
		w.is(begun.ID, timbre.PipelineFailed)
		if p, _ := w.Pipeline(t.Context(), begun.ID); p.Reason != crashMessage || p.Elements[1].Status != timbre.PipelineFailed || p.Elements[0].Status != timbre.PipelineNotSupported {
			t.Errorf("got pipeline %+v, want it failed", p)
		}
		if len(w.events) != 2 {
			t.Errorf("got %d events, want 2", len(w.events))
		}
		w.must(w.recover())
		if len(w.events) != 2 {
			t.Error("got events of the second Recover, want none")
		}
	})
}

func TestRequestsFindInterruptedPipelinesEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		begun := w.make()
		w.start(begun.ID)
		w.media(time.Second, 0)
		w.events = nil
		w.open() // as after a crash
		w.must(w.Interrupted(t.Context()))
		if p, err := w.Engine.Pipeline(t.Context(), begun.ID); err != nil || p.Status() != timbre.PipelineFailed {
			t.Errorf("got status %s and %v, want %s", p.Status(), err, timbre.PipelineFailed)
		}
		if err := w.Pause(t.Context(), begun.ARN); timbre.KindOf(err) != timbre.Conflict {
			t.Errorf("Pause: got %v, want that the pipeline has ended", err)
		}
		w.must(w.Recover(t.Context()))
		if len(w.events) != 1 {
			t.Errorf("got %d events, want 1", len(w.events))
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
