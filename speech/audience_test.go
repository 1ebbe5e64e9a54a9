package speech

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// countingVAD counts its windows, all of which are voiced.
type countingVAD struct{ windows atomic.Int64 }

func (v *countingVAD) Step(context.Context, []float32, []float32) (float32, error) {
	v.windows.Add(1)
	return 1, nil
}

// keptSink keeps what it is given.
type keptSink struct {
	fakeSink
	all []timbre.Speech
}

func (s *keptSink) Speech(p timbre.Speech) { s.all = append(s.all, p) }

func (s *keptSink) pcm() (all []int16) {
	for _, p := range s.all {
		all = append(all, p.PCM...)
	}
	return all
}

// join makes another sink listen to the leg.
func (l *listening) join(t *testing.T, to timbre.SpeechSink) (stop func()) {
	t.Helper()
	stop, err := l.Listen(t.Context(), "tx", 0, to)
	if err != nil {
		t.Fatal(err)
	}
	return stop
}

func TestALegIsDetectedOnceForAllWhoListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, other := &countingVAD{}, keptSink{}
		l := listenTo(t, v)
		stop := l.join(t, &other)
		l.leg.sendLoud(0, 80, 4000) // 50 windows
		l.leg.end()
		synctest.Wait()
		if got := v.windows.Load(); got != 50 {
			t.Errorf("got %d windows scored, want 50", got)
		}
		last := other.all[len(other.all)-1]
		if len(other.all) != 50 || last.At != l.sink.at || last.Net != 1600*time.Millisecond || other.ends != 1 || l.sink.ends != 1 {
			t.Errorf("got %d windows up to %v, %v and %d, %d ends, want 50 up to 1.6s, twice, and an end each", len(other.all), last.At, l.sink.at, other.ends, l.sink.ends)
		}
		stop()
		l.stop()
	})
}

// What was said before a task began is none of its business: its clocks begin at 0, with audio that came since then.
func TestASubscriberHearsNothingFromBeforeItJoined(t *testing.T) {
	for _, before := range []int{3, 8, 101} { // frames; after eight of them a window begins
		synctest.Test(t, func(t *testing.T) {
			late := keptSink{}
			l := listenTo(t, &countingVAD{})
			l.leg.sendLoud(0, before, 4000)
			stop := l.join(t, &late)
			l.leg.sendLoud(before, 100, 8000)
			l.leg.end()
			synctest.Wait()
			first, last := late.all[0], late.all[len(late.all)-1]
			if first.At != step || first.Net != step {
				t.Errorf("after %d frames: got a first window up to %v with %v of speech, want both 32ms", before, first.At, first.Net)
			}
			heard := timbre.Duration(len(late.pcm()))
			if heard < 2*time.Second-step || heard > 2*time.Second || last.At != heard || last.Net != heard {
				t.Errorf("after %d frames: got %v up to %v with %v of speech, want all of 2s but a part of a window", before, heard, last.At, last.Net)
			}
			if slices.ContainsFunc(late.pcm(), func(x int16) bool { return x != 8000 && x != -8000 }) {
				t.Errorf("after %d frames: got audio from before, want none", before)
			}
			stop()
			l.stop()
		})
	}
}

func TestALegIsHeardUntilTheLastSubscriberLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, other := &countingVAD{}, keptSink{}
		l := listenTo(t, v)
		stop := l.join(t, &other)
		l.stop()
		l.stop()
		l.leg.sendLoud(0, 80, 4000)
		synctest.Wait()
		if l.sink.at != 0 || len(other.all) == 0 || l.Listening() != 1 {
			t.Errorf("got %v for the one that left, %d windows for the other and %d legs heard, want 0, some and 1", l.sink.at, len(other.all), l.Listening())
		}
		stop()
		synctest.Wait()
		if len(l.leg.taps) != 0 || l.Listening() != 0 {
			t.Errorf("got %d taps and %d legs heard after the last has left, want none", len(l.leg.taps), l.Listening())
		}
		again := l.join(t, &l.sink)
		if len(l.leg.taps) != 1 {
			t.Errorf("got %d taps of a new subscriber, want 1", len(l.leg.taps))
		}
		again()
		synctest.Wait()
	})
}

func TestEachSubscriberLearnsThatTheLegLags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		l := listenTo(t, fakeVAD{proceed: proceed})
		l.leg.send(2)
		synctest.Wait()
		l.leg.send(backlog + 1)
		late := fakeSink{}
		stop := l.join(t, &late)
		close(proceed)
		synctest.Wait()
		for name, s := range map[string]*fakeSink{"first": &l.sink, "late": &late} {
			if want := []bool{true, false}; !slices.Equal(s.lagging, want) {
				t.Errorf("%s: got lagging %v, want %v", name, s.lagging, want)
			}
		}
		stop()
		l.stop()
	})
}

// A detector that has failed is of no use to the next one who listens.
func TestASubscriberAfterAFailureHasAWorkerOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(t, fakeVAD{err: errors.New("no memory")})
		l.leg.send(2)
		synctest.Wait()
		late := fakeSink{}
		stop := l.join(t, &late)
		if len(l.leg.taps) != 2 || late.ends != 0 {
			t.Errorf("got %d taps and %d ends, want 2 and none", len(l.leg.taps), late.ends)
		}
		stop()
		l.stop()
		synctest.Wait()
	})
}
