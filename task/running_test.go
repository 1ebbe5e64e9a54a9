package task

import (
	"testing"
	"time"

	"timbre"
)

func TestRunningTasksAreCountedByKindAndAge(t *testing.T) {
	inHarness(t, func(h *harness) {
		want := func(kind timbre.TaskKind, n int) {
			t.Helper()
			if got := h.RunningOf(kind, time.Minute); got != n {
				t.Errorf("got %d tasks of kind %v within a minute, want %d", got, kind, n)
			}
		}
		h.start(timbre.SpeakerSearch)
		want(timbre.SpeakerSearch, 1)
		<-time.After(time.Minute)
		h.start(timbre.VoiceTone)
		want(timbre.SpeakerSearch, 0)
		want(timbre.VoiceTone, 1)
	})
}
