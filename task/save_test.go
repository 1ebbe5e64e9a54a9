package task

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestNoEventBeforeTheStateIsSaved(t *testing.T) {
	inHarness(t, func(h *harness) {
		fail := true
		h.store.saving = func(timbre.Task) error {
			if fail {
				return errors.New("disk full")
			}
			return nil
		}
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 25*time.Second, true)
		stopped := make(chan error, 1)
		go func() { stopped <- h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", task.ID) }()
		after(h.t.Context(), time.Minute)
		h.wantStatus(task.ID, timbre.InQueue, true)
		if len(stopped) > 0 || len(h.store.written()) > 0 {
			t.Errorf("got %d answers to Stop and saves %v, want none", len(stopped), h.store.written())
		}
		h.store.mu.Lock()
		fail = false
		h.store.mu.Unlock()
		wantKind(t, <-stopped, timbre.Unprocessable) // it had succeeded before
		synctest.Wait()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		w := h.store.written()
		if len(w) != 1 || len(w[0].notices) != 2 || string(w[0].notices[0].Payload) != timbre.IdentificationSuccessful+"/0" ||
			string(w[0].notices[1].Payload) != timbre.VoiceprintGenerationSuccess+"/0" {
			t.Errorf("got saves %v, want one with both events", w)
		}
	})
}

func TestDeletedDomainFailsTheVoiceprint(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 15*time.Second, true)
		h.store.mu.Lock()
		delete(h.store.domains, "domain")
		h.store.mu.Unlock()
		h.speak(0, 5*time.Second, true)
		h.wantStatus(task.ID, timbre.PartialSuccess, false)
		var written []string
		for _, w := range h.store.written() {
			for _, n := range w.notices {
				written = append(written, string(n.Payload))
			}
		}
		if want := []string{timbre.IdentificationSuccessful + "/0", timbre.VoiceprintGenerationFailure + "/0"}; !slices.Equal(written, want) {
			t.Errorf("got events %v, want %v", written, want)
		}
		if h.sink(0) != nil {
			t.Error("got a subscription after the end, want none")
		}
	})
}

// A transaction whose outcome is unknown is repeated with the same notices, so no event gets two contents.
func TestEventIsRenderedOnce(t *testing.T) {
	inHarness(t, func(h *harness) {
		failures := 3
		h.store.saving = func(timbre.Task) error {
			if failures--; failures >= 0 {
				return errors.New("disk full")
			}
			return nil
		}
		h.start(timbre.SpeakerSearch)
		h.speak(0, 25*time.Second, true)
		after(h.t.Context(), time.Minute)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
	})
}
