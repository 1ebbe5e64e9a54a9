package task

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
)

func TestToneReportsSilenceOnce(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.converse(4*time.Second, true, true)
		h.converse(50*time.Second, true, false)
		h.converse(time.Second, true, true)
		h.converse(15*time.Second, true, false)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		var callee []string
		for _, l := range h.lines() {
			if strings.HasPrefix(l, "1") {
				callee = append(callee, l)
			}
		}
		want := []string{
			"1 Successful 5", "1 Successful 10", "1 Successful 15", "1 Failure 15", // 10 s after the talk at 4 s
			"1 Successful 20", "1 Successful 25", "1 Successful 30", // the last 30 s still hold 3 s of talk
			"1 Failure 65", // 10 s after the talk at 55 s
			"1 Completed 70",
		}
		if !slices.Equal(callee, want) {
			t.Errorf("got events of the callee\n%s\nwant\n%s", strings.Join(callee, "\n"), strings.Join(want, "\n"))
		}
		last := h.announcer.events[len(h.announcer.events)-1]
		if last.Current.End.Sub(task.Created) != 30*time.Second {
			t.Errorf("got the end of the latest window at %v, want 30s", last.Current.End.Sub(task.Created))
		}
	})
}

func TestToneWithoutSpeechFails(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.converse(2*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Failed, false)
		h.wantLines("0 Failure 2", "1 Failure 2")
	})
}

func TestToneOfACallWithoutAudioFails(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Failed, false)
		h.wantLines("0 Failure 0", "1 Failure 0")
	})
}

func TestToneOfALegThatWasNeverScoredFails(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.converse(6*time.Second, true, false)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Successful 5", "0 Completed 6", "1 Failure 6")
	})
}

func TestToneReportsPoorAudioOnce(t *testing.T) {
	inHarness(t, func(h *harness) {
		score := h.score
		h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			if leg == 0 && at < 20*time.Second {
				return timbre.Tone{}, false, poor
			}
			return score(ctx, leg, at)
		}
		task := h.start(timbre.VoiceTone)
		h.speak(0, 21*time.Second, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Failure 5", "1 Failure 10", "0 Successful 20", "0 Completed 21", "1 Failure 21")
		if m := h.announcer.events[0].StatusMessage; m != poor.Msg {
			t.Errorf("got message %q, want %q", m, poor.Msg)
		}
	})
}
