package task

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"
)

// observeDegraded records the calls of the observer Degraded.
func (h *harness) observeDegraded() (reported func() []string) {
	var mu sync.Mutex
	var all []string
	h.Observe(Observers{Degraded: func(t timbre.Task, reason string) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, t.ID+": "+reason)
	}})
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// failScores lets the scores of a leg fail between two moments of media time.
func (h *harness) failScores(failing int, from, to time.Duration, err error) {
	score := h.score
	h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
		if leg == failing && from <= at && at <= to {
			return timbre.Tone{}, false, err
		}
		return score(ctx, leg, at)
	}
}

func TestDegradedIsRaisedOnceAndCleared(t *testing.T) {
	inHarness(t, func(h *harness) {
		reported := h.observeDegraded()
		h.failScores(1, 10*time.Second, 20*time.Second, errors.New("out of memory"))
		task := h.start(timbre.VoiceTone)
		const reason = "the analysis failed on this server"
		h.converse(6*time.Second, true, true)
		if got := reported(); len(got) != 0 {
			t.Errorf("got reports %q before anything has failed", got)
		}
		h.converse(15*time.Second, true, true)
		if got := reported(); !slices.Equal(got, []string{task.ID + ": " + reason}) {
			t.Errorf("got reports %q while it fails", got)
		}
		h.converse(5*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		if got := reported(); !slices.Equal(got, []string{task.ID + ": " + reason, task.ID + ": "}) {
			t.Errorf("got reports %q in all", got)
		}
	})
}

func TestDegradedIsClearedAtTheEndOfTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		reported := h.observeDegraded()
		h.failScores(0, 5*time.Second, time.Hour, errors.New("out of memory"))
		task := h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, true)
		if err := h.Stop(h.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		if got := reported(); len(got) != 2 || got[1] != task.ID+": " {
			t.Errorf("got reports %q", got)
		}
	})
}

func TestLaggingLegDegradesTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		reported := h.observeDegraded()
		h.failScores(1, 10*time.Second, 10*time.Second, errors.New("out of memory"))
		task := h.start(timbre.VoiceTone)
		lags := func(leg int, does bool) { h.sink(leg).Lagging(does) }
		lags(0, true)
		lags(1, true)
		lags(0, false)
		h.converse(11*time.Second, true, true) // and the tone of leg 1 cannot be scored
		lags(1, false)
		h.converse(5*time.Second, true, true)
		late := h.sink(0)
		if err := h.Stop(h.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		late.Lagging(true) // the task is over
		const failing = "the analysis failed on this server"
		if got, want := reported(), []string{task.ID + ": " + lagMessage, task.ID + ": " + failing, task.ID + ": "}; !slices.Equal(got, want) {
			t.Errorf("got reports %q, want %q", got, want)
		}
	})
}

func TestPoorAudioDoesNotDegradeTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		reported := h.observeDegraded()
		h.failScores(0, 5*time.Second, time.Hour, poor)
		h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, true)
		h.hangUp()
		if got := reported(); len(got) != 0 {
			t.Errorf("got reports %q", got)
		}
	})
}
