package task

import (
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestASearchOnALegWithoutSpeechSaysSo(t *testing.T) {
	const says = "150 s of audio came without any speech"
	for _, c := range []struct {
		name   string
		talk   time.Duration
		silent time.Duration
		want   bool
	}{
		{"muted", 0, 150 * time.Second, true},
		{"a short call", 0, 100 * time.Second, false},
		{"a quiet party", time.Second, 150 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				task := h.start(timbre.SpeakerSearch)
				h.speak(0, c.talk, true)
				h.speak(0, c.silent, false)
				h.hangUp()
				if got := h.store.task(task.ID).Message; strings.Contains(got, says) != c.want {
					t.Errorf("got %q, want %q in it: %v", got, says, c.want)
				}
			})
		})
	}
}
