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

// lines are the events as leg, status and seconds since Start.
func (o *office) lines() (lines []string) {
	for _, e := range o.words.events {
		lines = append(lines, fmt.Sprintf("%d %s %g", e.Leg, strings.TrimPrefix(e.Status, "VoiceToneAnalysis"), e.Time.Sub(o.store.task(e.TaskID).Created).Seconds()))
	}
	return lines
}

func (o *office) wantLines(want ...string) {
	o.t.Helper()
	if got := o.lines(); !slices.Equal(got, want) {
		o.t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// converse lets both legs be heard for a while, at the same time.
func (o *office) converse(d time.Duration, caller, callee bool) {
	for ; d > 0; d -= 100 * time.Millisecond {
		o.say(0, 100*time.Millisecond, caller)
		o.say(1, 100*time.Millisecond, callee)
	}
}

func TestToneOfBothLegsEveryFiveSeconds(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.wantStatus(task.ID, timbre.InQueue, true)
		o.converse(2*time.Second, true, true)
		o.wantStatus(task.ID, timbre.InProgress, true)
		o.converse(6*time.Second, true, false)
		o.converse(4*time.Second, false, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines(
			"0 Successful 5", // the callee has talked for 2 s: too little
			"0 Successful 10", "1 Successful 10",
			"0 Completed 12", "1 Completed 12",
		)
	})
}

func TestToneSpansSayFromWhenToWhen(t *testing.T) {
	inOffice(t, func(o *office) {
		after(o.t.Context(), time.Hour)
		task := o.start(timbre.VoiceTone)
		o.converse(41*time.Second, true, true)
		o.hangUp()
		for _, e := range o.words.events {
			at := e.Time.Sub(task.Created)
			want := timbre.ToneSpan{Start: task.Created.Add(max(0, at-Window)), End: e.Time, Tone: good}
			if *e.Current != want {
				t.Errorf("at %v: current %v, want %v", at, *e.Current, want)
			}
			if want.Start = task.Created; *e.Overall != want {
				t.Errorf("at %v: overall %v, want %v", at, *e.Overall, want)
			}
		}
		if n := len(o.words.events); n != 18 { // 8 looks and the last one, at two legs
			t.Errorf("%d events", n)
		}
		if last := o.words.events[17]; last.Time.Sub(task.Created) != 41*time.Second || last.Status != timbre.ToneCompleted {
			t.Errorf("last %+v", last)
		}
	})
}

func TestToneFailsAfterTenSecondsOfSilenceOnceUntilTalkResumes(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.converse(4*time.Second, true, true)
		o.converse(50*time.Second, true, false)
		o.converse(time.Second, true, true)
		o.converse(15*time.Second, true, false)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		var callee []string
		for _, l := range o.lines() {
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
			t.Errorf("callee:\n%s", strings.Join(callee, "\n"))
		}
		last := o.words.events[len(o.words.events)-1]
		if last.Current.End.Sub(task.Created) != 30*time.Second {
			t.Errorf("the callee's latest window ends at %v", last.Current.End.Sub(task.Created))
		}
	})
}

func TestToneOfALegWithoutPacketsIsLookedAtByTheOtherLegsClock(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.say(1, 4*time.Second, true)
		o.say(0, 20*time.Second, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Successful 5", "1 Successful 5", "0 Successful 10", "1 Successful 10", "0 Successful 15", "1 Successful 15", "1 Failure 15",
			"0 Successful 20", "1 Successful 20", "0 Completed 20", "1 Completed 20")
	})
}

func TestToneGoesByMediaTimeHoweverSlowTheScoringIs(t *testing.T) {
	inOffice(t, func(o *office) {
		score := o.score
		o.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			after(ctx, 10*time.Minute) // the rest of the call comes meanwhile
			return score(ctx, leg, at)
		}
		task := o.start(timbre.VoiceTone)
		o.converse(21*time.Second, true, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.InProgress, true)
		after(o.t.Context(), 3*time.Hour)
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Successful 5", "1 Successful 5", "0 Successful 10", "1 Successful 10", "0 Successful 15", "1 Successful 15",
			"0 Successful 20", "1 Successful 20", "0 Completed 21", "1 Completed 21")
	})
}

func TestToneWithoutTalkFails(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.converse(2*time.Second, true, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Failed, false)
		o.wantLines("0 Failure 2", "1 Failure 2")
	})
}

func TestToneOfACallThatEndsUnheardFails(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Failed, false)
		o.wantLines("0 Failure 0", "1 Failure 0")
	})
}

func TestToneOfALegThatWasNeverScoredEndsInFailure(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.converse(6*time.Second, true, false)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Successful 5", "0 Completed 6", "1 Failure 6")
	})
}

func TestToneOfPoorAudioIsToldOnce(t *testing.T) {
	inOffice(t, func(o *office) {
		score := o.score
		o.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			if leg == 0 && at < 20*time.Second {
				return timbre.Tone{}, false, poor
			}
			return score(ctx, leg, at)
		}
		task := o.start(timbre.VoiceTone)
		o.say(0, 21*time.Second, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Failure 5", "1 Failure 10", "0 Successful 20", "0 Completed 21", "1 Failure 21")
		if m := o.words.events[0].StatusMessage; m != poor.Msg {
			t.Errorf("message %q", m)
		}
	})
}

func TestToneOfAMixedCallHasOneLegWithoutACaller(t *testing.T) {
	inOffice(t, func(o *office) {
		o.live[tx] = aCall(timbre.Mixed)
		o.start(timbre.VoiceTone)
		o.say(0, 6*time.Second, true)
		o.hangUp()
		o.wantLines("0 Successful 5", "0 Completed 6")
		if e := o.words.events[0]; e.Call.Legs[e.Leg].Side.IsCaller() != nil {
			t.Errorf("event %+v", e)
		}
	})
}

func TestAJumpOfTheMediaClockMakesAMinuteOfLooksAtMost(t *testing.T) {
	at := func(at time.Duration, phase tone) (tone, []score) {
		s, _, effects := phase.step(heard{0, timbre.Speech{At: at, Voiced: true}}, born)
		var looks []score
		for _, e := range effects {
			if l, is := e.(score); is {
				looks = append(looks, l)
			}
		}
		return s.(tone), looks
	}
	for _, jump := range []time.Duration{time.Hour, time.Hour + time.Millisecond, 149 * time.Hour} {
		s, looks := at(time.Second, begin(aTask(timbre.VoiceTone), twoLegs, 0).(tone))
		if len(looks) != 0 {
			t.Errorf("%d looks at once", len(looks))
		}
		s, looks = at(jump, s)
		if n := len(looks); n > catchUp+1 {
			t.Errorf("%d looks", n)
		}
		if !looks[2].hangs[0] || !looks[1].hangs[1] {
			t.Error("the silence was not noticed")
		}
		if s.tick <= jump || s.tick > jump+Tick || s.tick%Tick != 0 {
			t.Errorf("after %v the next tick is %v", jump, s.tick)
		}
	}
}

func TestOneLegThatIsOverDoesNotEndTheTone(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.converse(4*time.Second, true, true)
		o.ear(1).HungUp()
		synctest.Wait()
		o.say(0, 4*time.Second, true)
		o.wantStatus(task.ID, timbre.InProgress, true)
		o.wantLines("0 Successful 5", "1 Successful 5")
	})
}

func TestToneOfALegThatJoinsLateIsThatOfItsOwnLast30Seconds(t *testing.T) {
	inOffice(t, func(o *office) {
		o.start(timbre.VoiceTone)
		o.say(0, time.Minute, true)
		o.converse(11*time.Second, true, true)
		o.hangUp()
		var callee []string
		for _, l := range o.lines() {
			if strings.HasPrefix(l, "1") {
				callee = append(callee, l)
			}
		}
		want := []string{"1 Failure 10", "1 Successful 65", "1 Successful 70", "1 Completed 71"}
		if !slices.Equal(callee, want) {
			t.Errorf("callee:\n%s", strings.Join(callee, "\n"))
		}
	})
}

func TestToneOfACallThatWasOnHoldAtStartTellsTheTimeFromItsFirstFrame(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		after(o.t.Context(), time.Hour)
		o.converse(12*time.Second, true, true)
		o.hangUp()
		first := o.words.events[0]
		if at := first.Time.Sub(task.Created); at != time.Hour+Tick || first.Overall.Start.Sub(task.Created) != time.Hour {
			t.Errorf("the first look is at %v, of speech from %v on", at, first.Overall.Start.Sub(task.Created))
		}
	})
}
