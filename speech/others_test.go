package speech

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// fakeLegs is a live call whose legs join one after the other.
type fakeLegs struct {
	mu   sync.Mutex
	legs []fakeLeg
}

func (c *fakeLegs) Tap(_ string, leg int, t timbre.Tap) (func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if leg >= len(c.legs) {
		return nil, timbre.Errorf(timbre.NotFound, "call.Tap", "no leg %d", leg)
	}
	c.legs[leg].taps = append(c.legs[leg].taps, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.legs[leg].taps = slices.DeleteFunc(c.legs[leg].taps, func(o timbre.Tap) bool { return o == t })
	}, nil
}

func (c *fakeLegs) Call(string) (timbre.Call, bool) { return timbre.Call{ConnectorID: "vc"}, true }

// taps is how many taps a leg has.
func (c *fakeLegs) taps(leg int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.legs[leg].taps)
}

func (c *fakeLegs) join() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.legs = append(c.legs, fakeLeg{})
}

// send sends audio on a leg, from a buffer that is used again.
func (c *fakeLegs) send(leg int, at time.Duration, pcm []int16) {
	c.mu.Lock()
	taps := slices.Clone(c.legs[leg].taps)
	c.mu.Unlock()
	buffer := slices.Clone(pcm)
	for _, t := range taps {
		t.Frame(timbre.Frame{At: at, PCM: buffer})
	}
	clear(buffer)
}

// droppedSink counts what is dropped.
type droppedSink struct {
	fakeSink
	drops timbre.Drops
}

func (s *droppedSink) Speech(p timbre.Speech) { s.drops.Add(p.Drop) }

// voicedVAD takes everything for speech.
type voicedVAD struct{}

func (voicedVAD) Step(context.Context, []float32, []float32) (float32, error) { return 1, nil }

func TestWorkerHearsALegThatJoinsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call, sink := &fakeLegs{legs: make([]fakeLeg, 1)}, &droppedSink{}
		w := NewWorkers(environment.Environment{}, Config{}, voicedVAD{}, call)
		stop, err := w.Listen(t.Context(), "tx", 0, sink)
		if err != nil {
			t.Fatal(err)
		}
		voice := talk(12*time.Second, 1)
		near, far := sampled(12*time.Second, added{voice, 100 * time.Millisecond, -15}), sampled(12*time.Second, added{voice, 0, 0})
		for i := 0; i < len(near); i += timbre.FrameSamples {
			if i == timbre.Samples(2*time.Second) {
				call.join()
			}
			if i > timbre.Samples(2*time.Second) {
				call.send(1, timbre.Duration(i), far[i:i+timbre.FrameSamples])
			}
			call.send(0, timbre.Duration(i), near[i:i+timbre.FrameSamples])
			synctest.Wait()
		}
		stop()
		synctest.Wait()
		if got := sink.drops[timbre.DropEcho]; got < 6*time.Second {
			t.Errorf("got %v of the echo of a leg that joined after 2 s dropped, want at least 6 of 10 s", got)
		}
		if got := testutil.ToFloat64(w.metrics.dropped.WithLabelValues("echo")); math.Abs(got-sink.drops[timbre.DropEcho].Seconds()) > 1e-6 {
			t.Errorf("got %v s counted as dropped, want %v", got, sink.drops[timbre.DropEcho])
		}
		if mine, other := call.taps(0), call.taps(1); mine != 0 || other != 0 {
			t.Errorf("got %d and %d taps left after stop, want none", mine, other)
		}
	})
}

func TestFramesOfOtherLegsAreBounded(t *testing.T) {
	o := &others{}
	for i := range maxPending + 10 {
		otherTap{o, 1}.Frame(timbre.Frame{At: time.Duration(i), PCM: make([]int16, 1)})
	}
	otherTap{o, 1}.End()
	got := o.take()
	if len(got) != maxPending || got[0].frame.At != 10 {
		t.Errorf("got %d frames from number %d, want the last %d", len(got), got[0].frame.At, maxPending)
	}
	if again := o.take(); len(again) != 0 {
		t.Errorf("got %d frames twice", len(again))
	}
}
