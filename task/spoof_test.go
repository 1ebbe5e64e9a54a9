package task

import (
	"context"
	"testing"
	"time"

	"timbre"
)

// suspicious is a Spoof that warns of every voice.
type suspicious struct{}

const synthetic = "the voice may be synthetic"

func (suspicious) Warn(context.Context, []float32) string { return synthetic }

func TestAnIdentificationAndAVoiceprintWarnOfASyntheticVoice(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.spoof = suspicious{}
		_, id := h.listens(0, 0)
		h.talk(20 * time.Second)
		h.wantStatus(id, timbre.Succeeded, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		for _, e := range h.announcer.events {
			if e.StatusMessage != synthetic {
				t.Errorf("%s: got message %q, want %q", e.Status, e.StatusMessage, synthetic)
			}
		}
		if got := h.store.task(id).Message; got != synthetic {
			t.Errorf("got message %q of the task, want %q", got, synthetic)
		}
	})
}
