package task

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

// lines returns the events as leg, status and seconds since Start.
func (h *harness) lines() (lines []string) {
	for _, e := range h.announcer.events {
		lines = append(lines, fmt.Sprintf("%d %s %g", e.Leg, strings.TrimPrefix(e.Status, "VoiceToneAnalysis"), e.Time.Sub(h.store.task(e.TaskID).Created).Seconds()))
	}
	return lines
}

func (h *harness) wantLines(want ...string) {
	h.t.Helper()
	if got := h.lines(); !slices.Equal(got, want) {
		h.t.Errorf("got events\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// converse sends audio on both legs at the same time.
func (h *harness) converse(d time.Duration, caller, callee bool) {
	for ; d > 0; d -= 100 * time.Millisecond {
		h.speak(0, 100*time.Millisecond, caller)
		h.speak(1, 100*time.Millisecond, callee)
	}
}

func TestToneEvery5Seconds(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.wantStatus(task.ID, timbre.InQueue, true)
		h.converse(2*time.Second, true, true)
		h.wantStatus(task.ID, timbre.InProgress, true)
		h.converse(6*time.Second, true, false)
		h.converse(4*time.Second, false, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines(
			"0 Successful 5", // the callee has talked for 2 s: too little
			"0 Successful 10", "1 Successful 10",
			"0 Completed 12", "1 Completed 12",
		)
	})
}

func TestToneSpans(t *testing.T) {
	inHarness(t, func(h *harness) {
		after(h.t.Context(), time.Hour)
		task := h.start(timbre.VoiceTone)
		h.converse(41*time.Second, true, true)
		h.hangUp()
		for _, e := range h.announcer.events {
			at := e.Time.Sub(task.Created)
			want := timbre.ToneSpan{Start: task.Created.Add(max(0, at-Window)), End: e.Time, Tone: good}
			if *e.Current != want {
				t.Errorf("at %v: current %v, want %v", at, *e.Current, want)
			}
			if want.Start = task.Created; *e.Overall != want {
				t.Errorf("at %v: overall %v, want %v", at, *e.Overall, want)
			}
		}
		if n := len(h.announcer.events); n != 18 { // 8 looks and the last one, at two legs
			t.Errorf("got %d events, want 18", n)
		}
		if last := h.announcer.events[17]; last.Time.Sub(task.Created) != 41*time.Second || last.Status != timbre.ToneCompleted {
			t.Errorf("got last event %+v, want Completed at 41 s", last)
		}
	})
}

func TestToneOfAMixedCall(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.live[tx] = aCall(timbre.Mixed)
		h.start(timbre.VoiceTone)
		h.speak(0, 6*time.Second, true)
		h.hangUp()
		h.wantLines("0 Successful 5", "0 Completed 6")
		if e := h.announcer.events[0]; e.Call.Legs[e.Leg].Side.IsCaller() != nil {
			t.Errorf("got event %+v, want no caller", e)
		}
	})
}
