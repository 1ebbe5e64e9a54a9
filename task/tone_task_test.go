package task

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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

func TestToneOfALegWithoutPackets(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.speak(1, 4*time.Second, true)
		h.speak(0, 20*time.Second, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Successful 5", "1 Successful 5", "0 Successful 10", "1 Successful 10", "0 Successful 15", "1 Successful 15", "1 Failure 15",
			"0 Successful 20", "1 Successful 20", "0 Completed 20", "1 Completed 20")
	})
}

func TestToneUsesMediaTime(t *testing.T) {
	inHarness(t, func(h *harness) {
		score := h.score
		h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			after(ctx, 10*time.Minute) // the rest of the call comes meanwhile
			return score(ctx, leg, at)
		}
		task := h.start(timbre.VoiceTone)
		h.converse(21*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.InProgress, true)
		after(h.t.Context(), 3*time.Hour)
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Successful 5", "1 Successful 5", "0 Successful 10", "1 Successful 10", "0 Successful 15", "1 Successful 15",
			"0 Successful 20", "1 Successful 20", "0 Completed 21", "1 Completed 21")
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

func TestMediaClockJumpIsBounded(t *testing.T) {
	at := func(at time.Duration, phase toneState) (toneState, []scoreTone) {
		s, _, effects := phase.step(speechReceived{0, timbre.Speech{At: at, Voiced: true}}, startTime)
		var looks []scoreTone
		for _, e := range effects {
			if l, is := e.(scoreTone); is {
				looks = append(looks, l)
			}
		}
		return s.(toneState), looks
	}
	for _, jump := range []time.Duration{time.Hour, time.Hour + time.Millisecond, 149 * time.Hour} {
		s, looks := at(time.Second, newState(aTask(timbre.VoiceTone), twoLegs, 0).(toneState))
		if len(looks) != 0 {
			t.Errorf("got %d scores at once, want at most %d", len(looks), maxTicks)
		}
		s, looks = at(jump, s)
		if n := len(looks); n > maxTicks+1 {
			t.Errorf("got %d scores", n)
		}
		if !looks[2].silent[0] || !looks[1].silent[1] {
			t.Error("got no report of the silence, want one")
		}
		if s.tick <= jump || s.tick > jump+Tick || s.tick%Tick != 0 {
			t.Errorf("after %v: got next tick %v", jump, s.tick)
		}
	}
}

func TestToneContinuesWhileOneLegIsLive(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		h.converse(4*time.Second, true, true)
		h.sink(1).SpeechEnded()
		synctest.Wait()
		h.speak(0, 4*time.Second, true)
		h.wantStatus(task.ID, timbre.InProgress, true)
		h.wantLines("0 Successful 5", "1 Successful 5")
	})
}

func TestToneOfALateLegCoversItsOwnLast30Seconds(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.start(timbre.VoiceTone)
		h.speak(0, time.Minute, true)
		h.converse(11*time.Second, true, true)
		h.hangUp()
		var callee []string
		for _, l := range h.lines() {
			if strings.HasPrefix(l, "1") {
				callee = append(callee, l)
			}
		}
		want := []string{"1 Failure 10", "1 Successful 65", "1 Successful 70", "1 Completed 71"}
		if !slices.Equal(callee, want) {
			t.Errorf("got events of the callee\n%s\nwant\n%s", strings.Join(callee, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestToneOfACallOnHoldAtStart(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.start(timbre.VoiceTone)
		after(h.t.Context(), time.Hour)
		h.converse(12*time.Second, true, true)
		h.hangUp()
		first := h.announcer.events[0]
		if at := first.Time.Sub(task.Created); at != time.Hour+Tick || first.Overall.Start.Sub(task.Created) != time.Hour {
			t.Errorf("got the first score at %v of speech from %v on", at, first.Overall.Start.Sub(task.Created))
		}
	})
}
