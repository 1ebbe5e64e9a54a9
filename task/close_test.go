package task

import (
	"context"
	"slices"
	"testing"
	"time"

	"timbre"
)

func TestCloseAbortsTasksOfLiveCalls(t *testing.T) {
	inHarness(t, func(h *harness) {
		search, tone := h.start(timbre.SpeakerSearch), h.start(timbre.VoiceTone)
		h.speak(0, 12*time.Second, true)
		begun := time.Now()
		h.Close()
		if time.Since(begun) != 0 {
			t.Errorf("got Close after %v, want 0", time.Since(begun))
		}
		h.wantStatus(search.ID, timbre.PartialSuccess, false)
		h.wantStatus(tone.ID, timbre.Failed, false)
		if statuses := h.announcer.statuses(); !slices.Contains(statuses, timbre.VoiceprintGenerationFailure) || !slices.Contains(statuses, timbre.ToneFailure) {
			t.Errorf("got events %v, want both failures among them", statuses)
		}
		_, err := h.Start(h.t.Context(), request(timbre.SpeakerSearch))
		wantKind(t, err, timbre.Unavailable)
		h.Close()
	})
}

func TestCloseWaitsForResultsOfEndedCalls(t *testing.T) {
	for _, c := range []struct {
		work   time.Duration
		status timbre.TaskStatus
		events []string
	}{
		{2 * time.Second, timbre.PartialSuccess, []string{timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure}},
		{time.Hour, timbre.Failed, []string{timbre.IdentificationFailure}},
	} {
		t.Run(string(c.status), func(t *testing.T) {
			inHarness(t, func(h *harness) {
				search := h.search
				h.search = func(ctx context.Context) ([]timbre.Match, error) {
					if after(ctx, c.work); ctx.Err() != nil {
						return nil, ctx.Err()
					}
					return search(ctx)
				}
				task := h.start(timbre.SpeakerSearch)
				h.speak(0, 12*time.Second, true)
				h.hangUp()
				h.Close()
				h.wantStatus(task.ID, c.status, false)
				h.wantAnnounced(c.events...)
			})
		})
	}
}
