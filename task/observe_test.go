package task

import (
	"context"
	"slices"
	"testing"

	"timbre"
)

func TestStartedIsRaisedOnceForEachTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		var started []string
		h.Observe(Observers{}) // nil functions are skipped
		h.Observe(Observers{Started: func(ctx context.Context, task timbre.Task) {
			if h.store.task(task.ID).ID == "" {
				t.Error("got Started before the task is saved, want it after")
			}
			if h.sink(0) == nil {
				t.Error("got Started before the task receives audio, want it after")
			}
			started = append(started, task.ID)
			if _, err := h.Get(ctx, task.Kind, "vc", task.ID); err != nil {
				t.Errorf("Get in an observer: got %v, want the task", err)
			}
		}})
		r := request(timbre.SpeakerSearch)
		r.Token = "token"
		task, err := h.Start(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Start(t.Context(), r); err != nil { // the token returns the task
			t.Error(err)
		}
		r.Token, r.DomainID = "", "other"
		_, err = h.Start(t.Context(), r)
		wantKind(t, err, timbre.NotFound)
		if want := []string{task.ID}; !slices.Equal(started, want) {
			t.Errorf("got Started for %v, want %v", started, want)
		}
	})
}
