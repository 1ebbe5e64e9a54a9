package task

import (
	"context"
	"testing"
	"time"

	"timbre"
)

func TestSegmentsAreEmbeddedOnceAndAsTheAudioComes(t *testing.T) {
	inHarness(t, func(h *harness) {
		n := 0
		h.segment = func(context.Context) error { n++; return nil }
		want := func(segments int) {
			t.Helper()
			if n != segments {
				t.Errorf("got %d segments embedded, want %d", n, segments)
			}
		}
		id := h.start(timbre.SpeakerSearch).ID
		h.talk(9 * time.Second)
		want(9)
		h.talk(time.Second)
		h.wantStatus(id, timbre.PartialSuccess, true)
		want(10)
		h.talk(10 * time.Second)
		h.wantStatus(id, timbre.Succeeded, false)
		want(20)
	})
}

// What is embedded ahead waits longer for a thread than a name, which must not wait for it.
func TestResultsDoNotWaitForWhatIsEmbeddedAhead(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.segment = func(ctx context.Context) error {
			if due, _ := timbre.DueTime(ctx); due.After(time.Now()) {
				return noThread(ctx)
			}
			return nil
		}
		id := h.start(timbre.SpeakerSearch).ID
		h.talk(10 * time.Second)
		h.wantStatus(id, timbre.PartialSuccess, true)
		h.wantDelay(ofIdentification, 1, 0)
	})
}
