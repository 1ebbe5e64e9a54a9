package task

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// noThread is what a model returns that waits for a thread until nobody waits for the result any more.
func noThread(ctx context.Context) error {
	<-ctx.Done()
	return timbre.Errorf(timbre.Unavailable, "infer.Run", "no free thread in time: %w", ctx.Err())
}

// On a busy server a tick waits for a second, and is then skipped, which clients learn. The next one, and the end, are as ever.
func TestToneSkipsATickForWhichThereIsNoThread(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.held = 2 * time.Second // which is no wait for a thread
		reported := h.observeDegraded()
		score, waited := h.score, time.Duration(0)
		h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			if at != 5*time.Second {
				return score(ctx, leg, at)
			}
			began := time.Now()
			err := noThread(ctx)
			waited += time.Since(began)
			return timbre.Tone{}, false, err
		}
		task := h.start(timbre.VoiceTone)
		h.converse(5*time.Second, true, true)
		<-time.After(2 * time.Second)
		synctest.Wait()
		if want := dueAfter[ofTone]; waited != want {
			t.Errorf("got a wait of %v for both legs, want %v", waited, want)
		}
		h.converse(5*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Failure 5", "1 Failure 5", "0 Successful 10", "1 Successful 10", "0 Completed 10", "1 Completed 10")
		if got := h.announcer.events[0].StatusMessage; got != "the server is overloaded: a score was skipped" {
			t.Errorf("got message %q, want that the server is overloaded", got)
		}
		if got, want := reported(), []string{task.ID + ": the server is overloaded: a score was skipped", task.ID + ": "}; !slices.Equal(got, want) {
			t.Errorf("got reports %q, want %q", got, want)
		}
	})
}

func TestToneNeverSkipsTheLastScores(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.score = func(ctx context.Context, _ int, _ time.Duration) (timbre.Tone, bool, error) {
			select {
			case <-ctx.Done():
				return timbre.Tone{}, false, noThread(ctx)
			case <-time.After(3 * dueAfter[ofTone]):
				return good, true, nil
			}
		}
		task := h.start(timbre.VoiceTone)
		h.converse(4*time.Second, true, true)
		h.hangUp()
		<-time.After(10 * time.Second)
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Completed 4", "1 Completed 4")
	})
}

// A name is due at once, then a tone, then a voiceprint: models take them in that order.
func TestResultsAreDueByTheirAudio(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.held = time.Minute
		due := map[string]time.Duration{}
		note := func(ctx context.Context, result string) {
			at, known := timbre.DueTime(ctx)
			if !known {
				t.Errorf("%s: got no due time", result)
			}
			due[result] = time.Until(at)
		}
		h.embed = func(ctx context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
			result := ofIdentification
			if net >= ForVoiceprint {
				result = ofVoiceprint
			}
			note(ctx, result)
			return timbre.Voiceprint{Embedding: timbre.Embedding{1}, Net: net, Model: "m"}, nil
		}
		score := h.score
		h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
			note(ctx, ofTone)
			return score(ctx, leg, at)
		}
		h.start(timbre.SpeakerSearch)
		h.talk(25 * time.Second)
		h.start(timbre.VoiceTone)
		h.converse(5*time.Second, true, true)
		for result, want := range map[string]time.Duration{ofIdentification: 0, ofTone: time.Second, ofVoiceprint: 30 * time.Second} {
			if due[result] != want {
				t.Errorf("%s: got due after %v, want %v", result, due[result], want)
			}
		}
	})
}

type fakeLoad float64

func (l *fakeLoad) Load() float64 { return float64(*l) }

// Ticks give way when the node is half as far behind as where new tasks are refused: those that run keep their names in time.
func TestToneGivesWayBeforeTasksAreRefused(t *testing.T) {
	inHarness(t, func(h *harness) {
		load := fakeLoad(0.5)
		h.deps.Behind = load.Load
		task := h.start(timbre.VoiceTone)
		h.converse(5*time.Second, true, true)
		load = 0.4
		h.converse(5*time.Second, true, true)
		load = 1
		h.converse(4*time.Second, true, true)
		h.hangUp()
		h.wantStatus(task.ID, timbre.Succeeded, false)
		h.wantLines("0 Failure 5", "1 Failure 5", "0 Successful 10", "1 Successful 10", "0 Completed 14", "1 Completed 14")
		if got := testutil.ToFloat64(h.metrics.skipped); got != 2 {
			t.Errorf("got %v skipped scores, want 2", got)
		}
	})
}

func TestOverloadedServerStartsNoTask(t *testing.T) {
	inHarness(t, func(h *harness) {
		first := request(timbre.SpeakerSearch)
		first.Token = "again"
		started, err := h.Start(h.t.Context(), first)
		if err != nil {
			t.Fatal(err)
		}
		load := fakeLoad(1)
		h.deps.Load = &load
		_, err = h.Start(h.t.Context(), request(timbre.VoiceTone))
		wantKind(t, err, timbre.Throttled)
		if again, err := h.Start(h.t.Context(), first); err != nil || again.ID != started.ID {
			t.Errorf("got task %q, %v for a repeated request, want %q", again.ID, err, started.ID)
		}
		load = 0.9
		h.start(timbre.VoiceTone)
	})
}
