package task

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestStopKeepsTheResultsSoFarAndTellsNothingMore(t *testing.T) {
	for _, c := range []struct {
		name string
		talk time.Duration
		told int
	}{{"queued", 0, 0}, {"listening", 5 * time.Second, 0}, {"gathering", 12 * time.Second, 1}} {
		t.Run(c.name, func(t *testing.T) {
			inOffice(t, func(o *office) {
				task := o.start(timbre.SpeakerSearch)
				o.say(0, c.talk, true)
				if err := o.Stop(o.t.Context(), timbre.SpeakerSearch, "vc", task.ID); err != nil {
					t.Fatal(err)
				}
				if o.ear(0) != nil {
					t.Error("still listening")
				}
				o.wantStatus(task.ID, timbre.Stopped, false)
				if err := o.Stop(o.t.Context(), timbre.SpeakerSearch, "vc", task.ID); err != nil {
					t.Errorf("a second stop: %v", err)
				}
				o.say(0, 20*time.Second, true)
				o.hangUp()
				o.wantStatus(task.ID, timbre.Stopped, false)
				if got := o.store.task(task.ID); len(o.words.told()) != c.told || len(got.Matches) != c.told {
					t.Errorf("told %v, kept %v", o.words.told(), got.Matches)
				}
			})
		})
	}
}

func TestStopDuringTheSearchDropsItsResult(t *testing.T) {
	inOffice(t, func(o *office) {
		release := make(chan struct{})
		search := o.search
		o.search = func(ctx context.Context) ([]timbre.Match, error) { <-release; return search(ctx) }
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 12*time.Second, true)
		stopped := make(chan error, 1)
		go func() { stopped <- o.Stop(o.t.Context(), timbre.SpeakerSearch, "vc", task.ID) }()
		synctest.Wait()
		o.wantStatus(task.ID, timbre.Stopped, false)
		close(release)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		o.wantStatus(task.ID, timbre.Stopped, false)
		o.wantTold()
	})
}

func TestStopOfATaskThatHasEndedIsRefused(t *testing.T) {
	inOffice(t, func(o *office) {
		done := o.start(timbre.SpeakerSearch)
		o.say(0, 20*time.Second, true)
		wantKind(t, o.Stop(o.t.Context(), timbre.SpeakerSearch, "vc", done.ID), timbre.Unprocessable)
		tone := o.start(timbre.VoiceTone)
		o.hangUp()
		wantKind(t, o.Stop(o.t.Context(), timbre.VoiceTone, "vc", tone.ID), timbre.Unprocessable)
	})
}

func TestStopOfAToneTellsNothing(t *testing.T) {
	inOffice(t, func(o *office) {
		task := o.start(timbre.VoiceTone)
		o.converse(6*time.Second, true, true)
		if err := o.Stop(o.t.Context(), timbre.VoiceTone, "vc", task.ID); err != nil {
			t.Fatal(err)
		}
		o.converse(6*time.Second, true, true)
		o.hangUp()
		o.wantLines("0 Successful 5", "1 Successful 5")
		o.wantStatus(task.ID, timbre.Stopped, false)
	})
}
