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

// troubled notes what the engine tells of its troubles.
func (h *harness) troubled() (said func() []string) {
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

// fails lets the scores of a leg fail between two moments of media time.
func (h *harness) fails(failing int, from, to time.Duration, err error) {
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
		said := h.troubled()
		h.fails(1, 10*time.Second, 20*time.Second, errors.New("out of memory"))
		task := h.start(timbre.VoiceTone)
		const why = "the analysis failed on this server"
		h.converse(6*time.Second, true, true)
		if got := said(); len(got) != 0 {
			t.Errorf("said %q before anything has failed", got)
		}
		h.converse(15*time.Second, true, true)
		if got := said(); !slices.Equal(got, []string{task.ID + ": " + why}) {
			t.Errorf("said %q while it fails", got)
		}
		h.converse(5*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		if got := said(); !slices.Equal(got, []string{task.ID + ": " + why, task.ID + ": "}) {
			t.Errorf("said %q in all", got)
		}
	})
}

func TestDegradedIsClearedAtTheEndOfTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		said := h.troubled()
		h.fails(0, 5*time.Second, time.Hour, errors.New("out of memory"))
		task := h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, true)
		if err := h.Stop(h.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		if got := said(); len(got) != 2 || got[1] != task.ID+": " {
			t.Errorf("said %q", got)
		}
	})
}

func TestLaggingLegDegradesTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		said := h.troubled()
		h.fails(1, 10*time.Second, 10*time.Second, errors.New("out of memory"))
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
		if got, want := said(), []string{task.ID + ": " + lagMessage, task.ID + ": " + failing, task.ID + ": "}; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
	})
}

func TestPoorAudioDoesNotDegradeTheTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		said := h.troubled()
		h.fails(0, 5*time.Second, time.Hour, poor)
		h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, true)
		h.hangUp()
		if got := said(); len(got) != 0 {
			t.Errorf("said %q", got)
		}
	})
}
