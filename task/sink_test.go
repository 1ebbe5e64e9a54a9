package task

import (
	"context"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

func TestTaskFailsWhenItsBacklogOverflows(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.score = func(ctx context.Context, _ int, _ time.Duration) (timbre.Tone, bool, error) {
			<-ctx.Done()
			return timbre.Tone{}, false, ctx.Err()
		}
		task := h.start(timbre.VoiceTone)
		h.speak(0, 5*time.Second, true)
		h.speak(0, 59*time.Second, true)
		h.wantStatus(task.ID, timbre.InProgress, true)
		h.speak(0, 2*time.Second, true)
		h.wantStatus(task.ID, timbre.Failed, false)
		h.wantAnnounced(timbre.ToneFailure, timbre.ToneFailure)
		if m := h.store.task(task.ID).Message; m != overflowMessage {
			t.Errorf("got message %q, want %q", m, overflowMessage)
		}
	})
}

func TestBacklogCountsSilence(t *testing.T) {
	a := newActor(New(environment.Environment{}, Config{}, Deps{}), newState(aTask(timbre.VoiceTone), twoLegs, 0, patience{}))
	for range 2 * int(Backlog/timbre.FrameDuration) {
		sink{actor: a}.Speech(timbre.Speech{})
	}
	waiting := a.inbox.take()
	if want := int(Backlog/timbre.FrameDuration) + 1; len(waiting) != want {
		t.Errorf("got %d inputs, want %d", len(waiting), want)
	}
	if _, is := waiting[len(waiting)-1].(aborted); !is {
		t.Errorf("got last input %v, want aborted", waiting[len(waiting)-1])
	}
}
