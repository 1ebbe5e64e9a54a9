package summary_test

import (
	"errors"
	"testing"
	"time"

	"timbre"
)

const (
	second = time.Second
	delay  = timbre.SummaryDelay
)

func TestSummaryIsPostedFiveMinutesAfterTheCall(t *testing.T) {
	inWorld(t, func(w *world) {
		w.end("a")
		w.wantPosted(time.Minute)
		w.end("b")
		w.wantPosted(delay - time.Minute - second)
		w.wantPosted(2*second, "a")
		w.wantPosted(time.Minute, "a", "b")
		w.wantPosted(24*time.Hour, "a", "b")
	})
}

func TestCallWithoutTasksHasNoSummary(t *testing.T) {
	inWorld(t, func(w *world) {
		w.poster.Ended(timbre.Call{TransactionID: "a"}, nil)
		w.wantPosted(2 * delay)
	})
}

// Between two runs or within one, the wall clock may be set back or forth.
func TestSetClockNeitherLosesNorDoublesASummary(t *testing.T) {
	for name, jump := range map[string]time.Duration{"back": -3 * time.Hour, "forth": 3 * time.Hour} {
		t.Run(name+" in a run", func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.end("a")
				w.wantPosted(time.Minute)
				w.jump(jump)
				w.end("b")
				w.wantPosted(delay - time.Minute - second)
				w.wantPosted(2*second, "a")
				w.wantPosted(delay, "a", "b")
				w.jump(-jump)
				w.wantPosted(6*time.Hour, "a", "b")
			})
		})
		t.Run(name+" between two runs", func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.end("a")
				w.wantPosted(time.Minute)
				w.stop()
				w.jump(jump)
				w.start()
				w.wantPosted(delay, "a") // never later than that after the start
				w.stop()
				w.jump(-2 * jump)
				w.start()
				w.wantPosted(6*time.Hour, "a")
			})
		})
	}
}

func TestRestartKeepsTheTime(t *testing.T) {
	inWorld(t, func(w *world) {
		w.end("a")
		w.wantPosted(2 * time.Minute)
		w.stop()
		<-time.After(time.Minute)
		w.start()
		w.wantPosted(2*time.Minute - second)
		w.wantPosted(2*second, "a")
	})
}

func TestSummaryThatWasDueWhileTheServerWasDownIsPostedAtTheStart(t *testing.T) {
	inWorld(t, func(w *world) {
		w.end("a")
		w.stop()
		w.wantPosted(time.Hour)
		w.start()
		w.wantPosted(0, "a")
		w.stop()
		w.start()
		w.wantPosted(time.Hour, "a")
	})
}

func TestFailureIsRetried(t *testing.T) {
	for what, during := range map[string]bool{"at the start": false, "when it is due": true} {
		t.Run(what, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.end("a")
				if !during {
					w.stop()
				}
				w.failWith(errors.New("disk full"))
				if !during {
					w.start()
				}
				w.wantPosted(time.Hour)
				w.failWith(nil)
				w.wantPosted(delay, "a")
			})
		})
	}
}

func TestSummaryWaitsForTheEndToBeSaved(t *testing.T) {
	inWorld(t, func(w *world) {
		c := timbre.Call{TransactionID: "a", Legs: []timbre.Leg{{Side: timbre.Caller}}}
		search := timbre.Task{ID: "s", Kind: timbre.SpeakerSearch, Side: timbre.Caller}
		w.save(c, search)
		w.poster.Ended(c, nil) // the store does not accept the end yet
		w.wantPosted(time.Hour)
		c.Ended = w.now()
		w.save(c, search)
		w.wantPosted(delay, "a")
	})
}

func TestCaughtFollowsWhatTheLastRunLeft(t *testing.T) {
	inWorld(t, func(w *world) {
		w.end("a")
		w.stop()
		w.jump(8 * 24 * time.Hour)
		w.start()
		<-w.poster.Caught()
		w.wantPosted(0, "a")
	})
}
