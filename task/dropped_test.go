package task

import (
	"context"
	"testing"
	"time"

	"timbre"
)

// hear sends a stretch that the gates have dropped.
func (h *harness) hear(leg int, d timbre.Drop) {
	s := h.media[leg]
	s.At += d.For
	h.media[leg] = s
	s.Drop = d
	h.sink(leg).Speech(s)
}

func TestSearchSaysWhatWasNotAnalysed(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.SpeakerSearch)
		h.hear(0, timbre.Drop{Reason: timbre.DropTone, For: 18 * time.Second})
		h.speak(0, 4*time.Second, true)
		h.hear(0, timbre.Drop{Reason: timbre.DropEcho, For: 4200 * time.Millisecond})
		h.hangUp()
		h.wantStatus(task.ID, timbre.Failed, false)
		got := h.announcer.events[len(h.announcer.events)-1].StatusMessage
		want := "the call ended after 4.0 s of speech; 10 s are required; most of the audio is not the voice of the party: " +
			"4.2 s of echo and 18.0 s of ring-back or other tones were not analysed"
		if got != want {
			t.Errorf("got message %q, want %q", got, want)
		}
	})
}

func TestSearchThatFindsNobodySaysWhatWasNotAnalysed(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.search = func(context.Context) ([]timbre.Match, error) { return nil, nil }
		h.start(timbre.SpeakerSearch)
		h.hear(0, timbre.Drop{Reason: timbre.DropEcho, For: 3 * time.Second})
		h.speak(0, 11*time.Second, true)
		h.wantAnnounced(timbre.IdentificationNoMatches)
		if got, want := h.announcer.events[0].StatusMessage, "3.0 s of echo were not analysed"; got != want {
			t.Errorf("got message %q, want %q", got, want)
		}
	})
}
