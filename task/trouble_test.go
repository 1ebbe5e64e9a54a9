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
func (o *office) troubled() (said func() []string) {
	var mu sync.Mutex
	var all []string
	o.Trouble = func(t timbre.Task, why string) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, t.ID+": "+why)
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all)
	}
}

// fails lets the scores of a leg fail between two moments of media time.
func (o *office) fails(failing int, from, to time.Duration, err error) {
	score := o.score
	o.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
		if leg == failing && from <= at && at <= to {
			return timbre.Tone{}, false, err
		}
		return score(ctx, leg, at)
	}
}

func TestTroubleIsToldOnceAndThatItIsOver(t *testing.T) {
	inOffice(t, func(o *office) {
		said := o.troubled()
		o.fails(1, 10*time.Second, 20*time.Second, errors.New("out of memory"))
		task := o.start(timbre.VoiceTone)
		const why = "the analysis failed on this server"
		o.converse(6*time.Second, true, true)
		if got := said(); len(got) != 0 {
			t.Errorf("said %q before anything has failed", got)
		}
		o.converse(15*time.Second, true, true)
		if got := said(); !slices.Equal(got, []string{task.ID + ": " + why}) {
			t.Errorf("said %q while it fails", got)
		}
		o.converse(5*time.Second, true, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		if got := said(); !slices.Equal(got, []string{task.ID + ": " + why, task.ID + ": "}) {
			t.Errorf("said %q in all", got)
		}
	})
}

func TestTroubleIsOverWhenItsTaskIs(t *testing.T) {
	inOffice(t, func(o *office) {
		said := o.troubled()
		o.fails(0, 5*time.Second, time.Hour, errors.New("out of memory"))
		task := o.start(timbre.VoiceTone)
		o.converse(6*time.Second, true, true)
		if err := o.Stop(o.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		if got := said(); len(got) != 2 || got[1] != task.ID+": " {
			t.Errorf("said %q", got)
		}
	})
}

func TestLegThatIsNotHeardInFullIsTrouble(t *testing.T) {
	inOffice(t, func(o *office) {
		said := o.troubled()
		o.fails(1, 10*time.Second, 10*time.Second, errors.New("out of memory"))
		task := o.start(timbre.VoiceTone)
		lags := func(leg int, does bool) { o.ear(leg).Lags(does) }
		lags(0, true)
		lags(1, true)
		lags(0, false)
		o.converse(11*time.Second, true, true) // and the tone of leg 1 cannot be scored
		lags(1, false)
		o.converse(5*time.Second, true, true)
		late := o.ear(0)
		if err := o.Stop(o.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		late.Lags(true) // the task is over
		const failing = "the analysis failed on this server"
		if got, want := said(), []string{task.ID + ": " + lagging, task.ID + ": " + failing, task.ID + ": "}; !slices.Equal(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
	})
}

func TestPoorAudioIsNoTroubleOfTheServer(t *testing.T) {
	inOffice(t, func(o *office) {
		said := o.troubled()
		o.fails(0, 5*time.Second, time.Hour, poor)
		o.start(timbre.VoiceTone)
		o.converse(6*time.Second, true, true)
		o.hangUp()
		if got := said(); len(got) != 0 {
			t.Errorf("said %q", got)
		}
	})
}
