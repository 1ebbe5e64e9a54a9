package task

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestEndAndProfileAreALineAndAnOutageTwo(t *testing.T) {
	inHarness(t, func(h *harness) {
		var log strings.Builder
		h.env.Log = slog.New(slog.NewTextHandler(&log, nil))
		failing := false
		h.store.saving = func(timbre.Task) error {
			if failing {
				return errors.New("broken")
			}
			return nil
		}
		task := h.searched(15 * time.Second)
		failing = true
		h.speak(0, 5*time.Second, true)
		after(h.t.Context(), time.Minute)
		h.store.mu.Lock()
		failing = false
		h.store.mu.Unlock()
		after(h.t.Context(), time.Minute)
		p, err := h.Enrol(h.t.Context(), task.ID)
		if err != nil {
			t.Fatal(err)
		}
		after(h.t.Context(), time.Second)
		if _, err := h.Renew(h.t.Context(), p.ID, task.ID); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{
			`msg="saving a task fails, retrying" task=` + task.ID,
			`msg="a task is saved after retries" task=` + task.ID,
			`msg="task ended" task=` + task.ID + ` kind="speaker search" transaction=tx status=SUCCEEDED`,
			`msg="profile made" profile=` + p.ID + ` domain=domain task=` + task.ID,
			`msg="profile renewed" profile=` + p.ID,
		} {
			if n := strings.Count(log.String(), want); n != 1 {
				t.Errorf("got %d lines with %s, want 1:\n%s", n, want, log.String())
			}
		}
	})
}
