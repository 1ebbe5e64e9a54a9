package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// changed gives the live call other legs.
func (o *office) changed(sides ...timbre.Side) {
	o.mu.Lock()
	o.live[tx] = aCall(sides...)
	o.mu.Unlock()
	o.Changed(tx)
}

func TestALegThatJoinsIsHeardFromThenOn(t *testing.T) {
	inOffice(t, func(o *office) {
		o.changed(timbre.Caller)
		task := o.start(timbre.VoiceTone)
		o.say(1, time.Second, true) // nobody listens yet
		o.say(0, 12*time.Second, true)
		o.media[1] = timbre.Speech{}
		o.changed(timbre.Caller, timbre.Callee)
		o.changed(timbre.Caller, timbre.Callee) // that is known
		o.Changed("another call")
		o.converse(7*time.Second, false, true)
		o.converse(11*time.Second, true, false)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines(
			"0 Successful 5", "0 Successful 10", "0 Successful 15",
			"0 Successful 20", "1 Successful 20", // its first 7 s are those from 12 to 19
			"0 Successful 25", "1 Successful 25",
			"0 Successful 30", "1 Successful 30", "1 Failure 30", // silent since 19
			"0 Completed 30", "1 Completed 30",
		)
		for _, e := range o.words.events {
			if len(e.Call.Legs) <= e.Leg || e.Call.Legs[e.Leg].Side != []timbre.Side{timbre.Caller, timbre.Callee}[e.Leg] {
				t.Errorf("%s of leg %d of %+v", e.Status, e.Leg, e.Call.Legs)
			}
		}
	})
}

func TestALegThatJoinsBeforeAnybodyHasSpoken(t *testing.T) {
	inOffice(t, func(o *office) {
		o.changed(timbre.Caller)
		task := o.start(timbre.VoiceTone)
		o.changed(timbre.Caller, timbre.Callee)
		o.wantStatus(task.ID, timbre.InQueue, true)
		o.converse(6*time.Second, true, true)
		o.hangUp()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Successful 5", "1 Successful 5", "0 Completed 6", "1 Completed 6")
	})
}

// A look that has been ordered before a leg joined says nothing of it, and does no harm.
func TestALegThatJoinsWhileTheToneIsLookedAt(t *testing.T) {
	inOffice(t, func(o *office) {
		o.changed(timbre.Caller)
		task, score := o.start(timbre.VoiceTone), o.score
		o.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			after(ctx, 3*time.Second)
			return score(ctx, leg, at)
		}
		o.say(0, 5*time.Second, true)
		o.changed(timbre.Caller, timbre.Callee)
		after(o.t.Context(), 4*time.Second)
		synctest.Wait()
		o.wantLines("0 Successful 5")
		o.hangUp()
		after(o.t.Context(), time.Minute)
		synctest.Wait()
		o.wantStatus(task.ID, timbre.Succeeded, false)
		o.wantLines("0 Successful 5", "0 Completed 5", "1 Failure 5")
	})
}

func TestATaskOnAStreamKeepsToIt(t *testing.T) {
	before := begin(timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{}}, aCall(timbre.Caller), 0)
	if s, events, effects := before.step(joined{aCall(timbre.Caller, timbre.Callee)}, born); len(s.(tone).legs) != 1 || events != nil || effects != nil {
		t.Errorf("%+v %v %v", s, events, effects)
	}
}
