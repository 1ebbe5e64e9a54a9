package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestStopKeepsResultsAndSendsNoEvent(t *testing.T) {
	for _, c := range []struct {
		name   string
		talk   time.Duration
		events int
	}{{"queued", 0, 0}, {"listening", 5 * time.Second, 0}, {"collecting", 12 * time.Second, 1}} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				task := h.start(timbre.SpeakerSearch)
				h.speak(0, c.talk, true)
				if err := h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID); err != nil {
					t.Fatal(err)
				}
				if h.sink(0) != nil {
					t.Error("got a subscription after Stop, want none")
				}
				h.wantStatus(task.ID, timbre.Stopped, false)
				if err := h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID); err != nil {
					t.Errorf("second Stop: got %v, want no error", err)
				}
				h.speak(0, 20*time.Second, true)
				h.hangUp()
				h.wantStatus(task.ID, timbre.Stopped, false)
				if got := h.store.task(task.ID); len(h.announcer.statuses()) != c.events || len(got.Matches) != c.events {
					t.Errorf("got events %v and matches %v", h.announcer.statuses(), got.Matches)
				}
			})
		})
	}
}

func TestStopDuringTheSearchDropsItsResult(t *testing.T) {
	inHarness(t, func(h *harness) {
		release := make(chan struct{})
		search := h.search
		h.search = func(ctx context.Context) ([]timbre.Match, error) { <-release; return search(ctx) }
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 12*time.Second, true)
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID) }()
		synctest.Wait()
		h.wantStatus(task.ID, timbre.Stopped, false)
		close(release)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		h.wantStatus(task.ID, timbre.Stopped, false)
		h.wantAnnounced()
	})
}

func TestStopRefusesEndedTasks(t *testing.T) {
	inHarness(t, func(h *harness) {
		done := h.start(timbre.SpeakerSearch)
		h.speak(0, 20*time.Second, true)
		wantKind(t, h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", done.ID), timbre.Unprocessable)
		tone := h.start(timbre.VoiceTone)
		h.hangUp()
		wantKind(t, h.Stop(h.t.Context(), timbre.VoiceTone, "vc", tone.ID), timbre.Unprocessable)
	})
}

func TestStopOfAToneSendsNoEvent(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, true)
		if err := h.Stop(h.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		h.converse(6*time.Second, true, true)
		h.hangUp()
		h.wantLines("0 Successful 5", "1 Successful 5")
		h.wantStatus(task.ID, timbre.Stopped, false)
	})
}
