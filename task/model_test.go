package task

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"timbre"
)

// A search is made, and the model of the server is changed before its voiceprint is enrolled.
func TestAVoiceprintOfAModelThatIsNotInUseIsNotEnrolled(t *testing.T) {
	inHarness(t, func(h *harness) {
		first, second := h.searched(20*time.Second), h.searched(20*time.Second)
		p, err := h.Enrol(h.t.Context(), first.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.Close()
		h.settings.Model = "m 2"
		h.open()
		_, created := h.Enrol(h.t.Context(), second.ID)
		_, renewed := h.Renew(h.t.Context(), p.ID, second.ID)
		for what, err := range map[string]error{"Enrol": created, "Renew": renewed} {
			wantKind(t, err, timbre.Gone)
			if text := fmt.Sprint(err); !strings.Contains(text, "of speaker model m,") || !strings.Contains(text, "uses m 2 now") {
				t.Errorf("%s: got %q, want the names of both models", what, text)
			}
		}
		h.Close()
		h.settings.Model = "m"
		h.open()
		if _, err := h.Enrol(h.t.Context(), second.ID); err != nil {
			t.Errorf("the model is changed back: got %v, want no error", err)
		}
	})
}

func TestASearchThatFindsNobodySaysWhatItCouldNotCompare(t *testing.T) {
	const skipped = "1 of 1 profiles cannot be compared"
	for _, found := range []bool{false, true} {
		inHarness(t, func(h *harness) {
			h.skipped = skipped
			want := ""
			if !found {
				want = skipped
				h.search = func(context.Context) ([]timbre.Match, error) { return nil, nil }
			}
			task := h.searched(10 * time.Second)
			if got := h.store.task(task.ID).Message; got != want {
				t.Errorf("found %v: got message %q of the task, want %q", found, got, want)
			}
			if e := h.announcer.events[0]; e.StatusMessage != want {
				t.Errorf("found %v: got message %q of the event, want %q", found, e.StatusMessage, want)
			}
		})
	}
}
