package speech

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// fakeLeg is a live call with one leg.
type fakeLeg struct{ taps []timbre.Tap }

func (l *fakeLeg) Tap(_ string, leg int, t timbre.Tap) (func(), error) {
	if leg != 0 {
		return nil, timbre.Errorf(timbre.NotFound, "call.Tap", "no leg %d", leg)
	}
	l.taps = append(l.taps, t)
	return func() { l.taps = slices.DeleteFunc(l.taps, func(o timbre.Tap) bool { return o == t }) }, nil
}

func (l *fakeLeg) Call(string) (timbre.Call, bool) { return timbre.Call{}, false }

// send sends silent frames of 20 ms, from a buffer that is used again as a stream does.
func (l *fakeLeg) send(frames int) { l.sendLoud(0, frames, 0) }

// sendLoud sends a square wave, beginning with a frame of the leg.
func (l *fakeLeg) sendLoud(first, frames int, level int16) {
	pcm := make([]int16, timbre.FrameSamples)
	for i := range pcm {
		pcm[i] = level * int16(1-i/20%2*2)
	}
	for i := first; i < first+frames; i++ {
		for _, t := range l.taps {
			t.Frame(timbre.Frame{At: time.Duration(i) * timbre.FrameDuration, PCM: pcm})
		}
	}
}

func (l *fakeLeg) end() {
	for _, t := range l.taps {
		t.End()
	}
	l.taps = nil
}

// fakeVAD scores a window when it may, or fails.
type fakeVAD struct {
	proceed chan struct{} // nil: always
	err     error
}

func (v fakeVAD) Step(context.Context, []float32, []float32) (float32, error) {
	if v.proceed != nil {
		<-v.proceed
	}
	return 0, v.err
}

// fakeSink notes what it is given.
type fakeSink struct {
	at      time.Duration
	came    time.Time
	ends    int
	lagging []bool
}

func (s *fakeSink) Speech(p timbre.Speech) { s.at, s.came = p.At, p.Came }
func (s *fakeSink) SpeechEnded()           { s.ends++ }
func (s *fakeSink) Lagging(lags bool)      { s.lagging = append(s.lagging, lags) }

// listening is a leg with a worker on it.
type listening struct {
	*Workers
	leg  fakeLeg
	sink fakeSink
	log  bytes.Buffer
	stop func()
}

func listenTo(t *testing.T, v VAD) *listening {
	t.Helper()
	l := &listening{}
	l.Workers = NewWorkers(environment.Environment{Log: slog.New(slog.NewTextHandler(&l.log, nil))}, Config{Gates: []string{}}, v, &l.leg)
	stop, err := l.Listen(t.Context(), "tx", 0, &l.sink)
	if err != nil {
		t.Fatal(err)
	}
	l.stop = stop
	return l
}

// dueVAD notes how long after the present windows are due.
type dueVAD struct{ after []time.Duration }

func (v *dueVAD) Step(ctx context.Context, _, _ []float32) (float32, error) {
	if at, known := timbre.DueTime(ctx); known {
		v.after = append(v.after, time.Until(at))
	}
	return 0, nil
}

func TestWindowIsDueWhenTheNextOneIsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &dueVAD{}
		l := listenTo(t, v)
		l.leg.send(8) // five windows
		l.leg.end()
		synctest.Wait()
		if len(v.after) != 5 || slices.Max(v.after) != 32*time.Millisecond || slices.Min(v.after) != 32*time.Millisecond {
			t.Errorf("got %v, want five times 32ms", v.after)
		}
		l.stop()
	})
}

// A leg that is silent counts as one that talks for as long as a leg that falls silent does.
func TestLegsThatTalkAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		speech := &switchedVAD{}
		l := listenTo(t, speech)
		want := func(when string, n int) {
			t.Helper()
			synctest.Wait()
			if got := l.Talking(time.Minute); got != n || l.Listening() != 1 {
				t.Errorf("%s: got %d legs that talk of %d, want %d of 1", when, got, l.Listening(), n)
			}
		}
		want("begun", 1)
		l.leg.send(100)
		<-time.After(time.Minute)
		want("silent for a minute", 0)
		speech.speaks.Store(true)
		l.leg.sendLoud(100, 100, 4000)
		want("speaking", 1)
		<-time.After(time.Minute)
		want("silent again", 0)
		l.leg.end()
		synctest.Wait()
		l.stop()
	})
}

// switchedVAD hears speech when it is told to.
type switchedVAD struct{ speaks atomic.Bool }

func (v *switchedVAD) Step(context.Context, []float32, []float32) (float32, error) {
	if v.speaks.Load() {
		return 1, nil
	}
	return 0, nil
}

func TestWorkerAnalysesALegToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(t, fakeVAD{})
		l.leg.send(100)
		l.leg.end()
		synctest.Wait()
		if l.sink.at != 2*time.Second || l.sink.ends != 1 {
			t.Errorf("got speech up to %v and %d ends, want 2s and 1", l.sink.at, l.sink.ends)
		}
		l.stop()
		l.stop()
	})
}

func TestOldestFrameAgesUntilItIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		want := func(age time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := l.Oldest(); got != age {
				t.Errorf("got age %v, want %v", got, age)
			}
		}
		want(0)
		l.leg.send(2) // fills a window, which the detector is busy with; its frame came 20 ms before its time
		<-time.After(500 * time.Millisecond)
		want(480 * time.Millisecond)
		close(proceed)
		want(0)
		l.stop()
	})
}

// A leg whose detector has failed is heard no more, which is no load.
func TestFramesThatAreNeverHeardDoNotAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed, err: errors.New("no memory")})
		l.leg.send(10)
		synctest.Wait()
		close(proceed)
		<-time.After(time.Minute)
		if got := l.Oldest(); got != 0 {
			t.Errorf("got age %v, want 0", got)
		}
		l.stop()
	})
}

// A recording that comes faster than real time waits, and nobody waits for it.
func TestAudioAheadOfRealTimeIsNotOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		l.leg.send(1000) // 20 s
		for range 500 {  // windows, of 16 s
			proceed <- struct{}{}
		}
		synctest.Wait()
		<-time.After(10 * time.Second)
		if got := l.Oldest(); got != 0 {
			t.Errorf("got age %v of what is live in six seconds, want 0", got)
		}
		<-time.After(10 * time.Second)
		if got := l.Oldest(); got < 3*time.Second {
			t.Errorf("got age %v of what should have been heard four seconds ago, want that", got)
		}
		close(proceed)
		l.stop()
	})
}

func TestSlowDetectorLosesFramesAndNeverBlocksTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		l.leg.send(2) // fills a window, which the detector is busy with
		synctest.Wait()
		l.leg.send(backlog + 50)
		if got := testutil.ToFloat64(l.metrics.lost); got != 50 {
			t.Errorf("got %v frames lost, want 50", got)
		}
		if got := strings.Count(l.log.String(), "\n"); got != 1 {
			t.Errorf("got %d log lines, want 1:\n%s", got, &l.log)
		}
		if want := []bool{true}; !slices.Equal(l.sink.lagging, want) {
			t.Errorf("got lagging %v, want %v", l.sink.lagging, want)
		}
		close(proceed)
		synctest.Wait()
		if want := []bool{true, false}; !slices.Equal(l.sink.lagging, want) {
			t.Errorf("got lagging %v after catching up, want %v", l.sink.lagging, want)
		}
		l.leg.end()
		synctest.Wait()
		if l.sink.ends != 1 {
			t.Errorf("got %d ends, want 1", l.sink.ends)
		}
		l.stop()
	})
}

func TestFailedDetectorEndsTheLegForTheSinkOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(t, fakeVAD{err: errors.New("no memory")})
		l.leg.send(2)
		synctest.Wait()
		if l.sink.ends != 1 {
			t.Errorf("got %d ends, want 1", l.sink.ends)
		}
		for range 2 {
			l.leg.send(backlog)
			synctest.Wait()
		}
		l.leg.end()
		synctest.Wait()
		if got := testutil.ToFloat64(l.metrics.lost); got != 0 {
			t.Errorf("got %v frames lost, want 0", got)
		}
		if l.sink.ends != 1 {
			t.Errorf("got %d ends after the leg's own, want 1", l.sink.ends)
		}
		if got := strings.Count(l.log.String(), "\n"); got != 1 {
			t.Errorf("got %d log lines, want 1:\n%s", got, &l.log)
		}
		l.stop()
	})
}

func TestStoppedWorkerDeliversNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(t, fakeVAD{})
		l.stop()
		l.leg.send(100)
		l.leg.end()
		synctest.Wait()
		if l.sink.at != 0 || l.sink.ends != 0 {
			t.Errorf("got speech up to %v and %d ends, want none", l.sink.at, l.sink.ends)
		}
	})
}

func TestListenToUnknownLegIsNotFound(t *testing.T) {
	w := NewWorkers(environment.Environment{}, Config{}, fakeVAD{}, &fakeLeg{})
	if _, err := w.Listen(t.Context(), "tx", 1, &fakeSink{}); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
	w.Close()
}

func TestCloseWaitsForWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		l.leg.send(2)
		synctest.Wait()
		closed := false
		go func() {
			l.Close()
			closed = true
		}()
		synctest.Wait()
		if closed {
			t.Error("got Close returned while a window was being scored, want it to wait")
		}
		close(proceed)
		synctest.Wait()
		if !closed {
			t.Error("got Close waiting for a worker that has ended, want it to return")
		}
		if _, err := l.Listen(t.Context(), "tx", 0, &l.sink); timbre.KindOf(err) != timbre.Unavailable {
			t.Errorf("got %v from Listen after Close, want Unavailable", err)
		}
		l.Close()
	})
}

func TestMetricsTellHowFarTheAnalysisIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		l.leg.send(2) // fills a window, which the detector is busy with
		synctest.Wait()
		l.leg.send(150)
		if legs, most := l.lag(); legs != 1 || most != 3*time.Second {
			t.Errorf("got %d legs, %v behind, want 1 and 3s", legs, most)
		}
		<-time.After(5 * time.Second)
		close(proceed)
		synctest.Wait()
		if got := sum(t, l.metrics.wait); got < 14.9 || got > 15.1 {
			t.Errorf("got waits of %v s in all, want three frames of 5 s each", got)
		}
		if age := time.Since(l.sink.came); age != 5*time.Second {
			t.Errorf("got speech that came %v ago, want 5s", age)
		}
		l.leg.end()
		synctest.Wait()
		if legs, most := l.lag(); legs != 0 || most != 0 {
			t.Errorf("got %d legs, %v behind, want none", legs, most)
		}
		l.stop()
	})
}

// sum is the sum of all that a histogram has observed.
func sum(t *testing.T, h prometheus.Histogram) float64 {
	t.Helper()
	r := prometheus.NewRegistry()
	r.MustRegister(h)
	all, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return all[0].GetMetric()[0].GetHistogram().GetSampleSum()
}
