package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/call"
	"timbre/speech"
)

// nowhere is a journal and an announcer of calls that nobody is told of.
type nowhere struct{}

func (nowhere) SaveCall(context.Context, timbre.Call, []timbre.Notice) error { return nil }

func (nowhere) Notices(context.Context, ...timbre.Event) ([]timbre.Notice, error) { return nil, nil }

// vad takes a window when it is let, and fails as told.
type vad struct {
	let   chan struct{} // nil: always
	fault error
}

func (v vad) Step(context.Context, []float32, []float32) (float32, error) {
	if v.let != nil {
		<-v.let
	}
	return 0, v.fault
}

// listener counts what a task is told.
type listener struct {
	heard time.Duration
	ends  int
	lags  []bool
}

func (l *listener) Speech(s timbre.Speech) { l.heard = s.At }
func (l *listener) SpeechEnded()           { l.ends++ }
func (l *listener) Lagging(lags bool)      { l.lags = append(l.lags, lags) }

// listened is a live call of one leg with an ear on it.
func listened(t *testing.T, v speech.VAD, to *listener, log *bytes.Buffer) (e ears, leg timbre.Listener, hangUp, stop func()) {
	t.Helper()
	calls := call.New(call.Config{}, nowhere{}, nowhere{})
	txid, legs, err := calls.Begin(t.Context(), timbre.Call{Legs: make([]timbre.Leg, 1)})
	if err != nil {
		t.Fatal(err)
	}
	e = newEars(calls, v, slog.New(slog.NewTextHandler(log, nil)), prometheus.NewRegistry())
	if stop, err = e.Listen(t.Context(), txid, 0, to); err != nil {
		t.Fatal(err)
	}
	return e, legs[0], func() {
		if err := calls.End(t.Context(), txid, ""); err != nil {
			t.Error(err)
		}
	}, stop
}

// talk gives a leg so many frames, from a buffer that it uses again as a stream does.
func talk(leg timbre.Listener, frames int) {
	pcm := make([]int16, timbre.FrameSamples)
	for i := range frames {
		leg.Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: pcm})
	}
}

func TestALegIsHeardToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &listener{}
		_, leg, hangUp, stop := listened(t, vad{}, to, &bytes.Buffer{})
		talk(leg, 100)
		hangUp()
		synctest.Wait()
		if to.heard != 2*time.Second || to.ends != 1 {
			t.Errorf("heard %v and %d ends", to.heard, to.ends)
		}
		stop()
		stop()
	})
}

func TestASlowDetectorHoldsUpNoCallAndLosesWhatIsTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, log, let := &listener{}, &bytes.Buffer{}, make(chan struct{})
		e, leg, hangUp, stop := listened(t, vad{let: let}, to, log)
		talk(leg, 2) // a window is full, and the detector busy with it
		synctest.Wait()
		talk(leg, backlog+50)
		if lost := testutil.ToFloat64(e.lost); lost != 50 || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%v frames were lost, said:\n%s", lost, log)
		}
		if !slices.Equal(to.lags, []bool{true}) {
			t.Errorf("told %v", to.lags)
		}
		close(let)
		synctest.Wait()
		if !slices.Equal(to.lags, []bool{true, false}) {
			t.Errorf("told %v after it has caught up", to.lags)
		}
		hangUp()
		synctest.Wait()
		if to.ends != 1 {
			t.Errorf("%d ends", to.ends)
		}
		stop()
	})
}

func TestALegWhoseDetectorFailsIsOverForTheTaskAndLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to, log := &listener{}, &bytes.Buffer{}
		e, leg, hangUp, stop := listened(t, vad{fault: errors.New("no memory")}, to, log)
		talk(leg, 2)
		synctest.Wait()
		if to.ends != 1 {
			t.Errorf("%d ends", to.ends)
		}
		for range 2 {
			talk(leg, backlog)
			synctest.Wait()
		}
		hangUp()
		synctest.Wait()
		if lost := testutil.ToFloat64(e.lost); lost != 0 || to.ends != 1 || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%v lost, %d ends, said:\n%s", lost, to.ends, log)
		}
		stop()
	})
}

func TestAnEarThatIsStoppedHearsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := &listener{}
		_, leg, hangUp, stop := listened(t, vad{}, to, &bytes.Buffer{})
		stop()
		talk(leg, 100)
		hangUp()
		synctest.Wait()
		if to.heard != 0 || to.ends != 0 {
			t.Errorf("heard %v and %d ends", to.heard, to.ends)
		}
	})
}
