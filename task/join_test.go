package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// changed replaces the legs of the live call.
func (h *harness) changed(sides ...timbre.Side) {
	h.mu.Lock()
	h.live[tx] = aCall(sides...)
	h.mu.Unlock()
	h.CallChanged(h.liveCall())
}

func TestToneReceivesALegThatJoins(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.changed(timbre.Caller)
		task := h.start(timbre.VoiceTone)
		h.speak(1, time.Second, true) // before the subscription
		h.speak(0, 12*time.Second, true)
		h.media[1] = timbre.Speech{}
		h.changed(timbre.Caller, timbre.Callee)
		h.changed(timbre.Caller, timbre.Callee) // that is known
		h.CallChanged(timbre.Call{TransactionID: "another call", Legs: aCall(timbre.Mixed, timbre.Mixed, timbre.Mixed).Legs})
		h.converse(7*time.Second, false, true)
		h.converse(11*time.Second, true, false)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines(
			"0 Successful 5", "0 Successful 10", "0 Successful 15",
			"0 Successful 20", "1 Successful 20", // its first 7 s are those from 12 to 19
			"0 Successful 25", "1 Successful 25",
			"0 Successful 30", "1 Successful 30", "1 Failure 30", // silent since 19
			"0 Completed 30", "1 Completed 30",
		)
		for _, e := range h.announcer.events {
			if len(e.Call.Legs) <= e.Leg || e.Call.Legs[e.Leg].Side != []timbre.Side{timbre.Caller, timbre.Callee}[e.Leg] {
				t.Errorf("%s: got leg %d of %+v, want caller and callee", e.Status, e.Leg, e.Call.Legs)
			}
		}
	})
}

func TestToneReceivesALegThatJoinsBeforeAnyAudio(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.changed(timbre.Caller)
		task := h.start(timbre.VoiceTone)
		h.changed(timbre.Caller, timbre.Callee)
		h.wantStatus(task.ID, timbre.InQueue, true)
		h.converse(6*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Successful 5", "1 Successful 5", "0 Completed 6", "1 Completed 6")
	})
}

// A score that was requested before a leg joined does not include it.
func TestScoreRequestedBeforeALegJoined(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.changed(timbre.Caller)
		task, score := h.start(timbre.VoiceTone), h.score
		h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			after(ctx, 3*time.Second)
			return score(ctx, leg, at)
		}
		h.speak(0, 5*time.Second, true)
		h.changed(timbre.Caller, timbre.Callee)
		after(h.t.Context(), 4*time.Second)
		synctest.Wait()
		h.wantLines("0 Successful 5")
		h.hangUp()
		after(h.t.Context(), time.Minute)
		synctest.Wait()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Successful 5", "0 Completed 5", "1 Failure 5")
	})
}

func TestToneOnAStreamIgnoresOtherLegs(t *testing.T) {
	before := newState(timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{}}, aCall(timbre.Caller), 0, patience{})
	if s, events, effects := before.step(callChanged{aCall(timbre.Caller, timbre.Callee)}, startTime); len(s.(toneState).legs) != 1 || events != nil || effects != nil {
		t.Errorf("got %+v, events %v and effects %v; want no change", s, events, effects)
	}
}
