package task

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

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
		s, looks := at(time.Second, newState(aTask(timbre.VoiceTone), twoLegs, 0, patience{}).(toneState))
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
