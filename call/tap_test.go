package call

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// countingTap counts frames and ends. Like any tap, it need not be safe for concurrent use.
type countingTap struct {
	frames, ends int
	last         time.Duration
	does         func(timbre.Frame)
}

func (e *countingTap) Frame(f timbre.Frame) {
	e.frames++
	e.last = f.At
	if e.does != nil {
		e.does(f)
	}
}

func (e *countingTap) End() { e.ends++ }

func tapped(t *testing.T, r *Registry, txid string, leg int) *countingTap {
	t.Helper()
	e := &countingTap{}
	if _, err := r.Tap(txid, leg, e); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTapReceivesFramesUntilItIsStopped(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	early, other := tapped(t, r, txid, 0), tapped(t, r, txid, 1)
	send := func(n int) {
		for range n {
			legs[0].Frame(timbre.Frame{At: early.last + timbre.FrameDuration, PCM: make([]int16, timbre.FrameSamples)})
		}
	}
	send(3)
	late := &countingTap{}
	stop, err := r.Tap(txid, 0, late)
	if err != nil {
		t.Fatal(err)
	}
	send(2)
	stop()
	stop()
	send(4)
	if early.frames != 9 || late.frames != 2 || late.last != 5*timbre.FrameDuration || other.frames != 0 {
		t.Errorf("got %d frames, %d up to %v, and %d frames; want 9, 2 up to 100ms, and 0", early.frames, late.frames, late.last, other.frames)
	}
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if early.ends != 1 || late.ends != 0 || other.ends != 1 {
		t.Errorf("got %d, %d and %d ends, want 1, 0 and 1", early.ends, late.ends, other.ends)
	}
	for _, leg := range []int{-1, 2} {
		if _, err := r.Tap(txid, leg, late); timbre.KindOf(err) != timbre.NotFound {
			t.Errorf("leg %d: got %v, want NotFound", leg, err)
		}
	}
}

func TestPanickingTapIsDetached(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	before := tapped(t, r, txid, 0)
	bad := tapped(t, r, txid, 0)
	bad.does = func(timbre.Frame) { panic("failed") }
	after := tapped(t, r, txid, 0)
	for range 5 {
		legs[0].Frame(timbre.Frame{})
	}
	if before.frames != 5 || bad.frames != 1 || after.frames != 5 {
		t.Errorf("got %d, %d and %d frames, want 5, 1 and 5", before.frames, bad.frames, after.frames)
	}
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if before.ends != 1 || bad.ends != 1 || after.ends != 1 {
		t.Errorf("got %d, %d and %d ends, want 1 each", before.ends, bad.ends, after.ends)
	}
	if n := testutil.ToFloat64(r.metrics.panics); n != 1 {
		t.Errorf("got %v panics counted, want 1", n)
	}
}

func TestStopWaitsForTheFrameInProgress(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	entered, hold, stopped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	received := 0 // without a lock: the race detector reports that
	stop, err := r.Tap(txid, 0, &countingTap{does: func(timbre.Frame) {
		close(entered)
		<-hold
		received++
	}})
	if err != nil {
		t.Fatal(err)
	}
	other := tapped(t, r, txid, 1)
	var talking sync.WaitGroup
	talking.Go(func() { legs[0].Frame(timbre.Frame{}) })
	<-entered
	go func() {
		stop()
		received++
		close(stopped)
	}()
	legs[1].Frame(timbre.Frame{})
	if other.frames != 1 {
		t.Errorf("other leg: got %d frames, want 1", other.frames)
	}
	select {
	case <-stopped:
		t.Error("got stop to return during a frame, want it to wait")
	default:
	}
	close(hold)
	<-stopped
	talking.Wait()
	legs[0].Frame(timbre.Frame{})
	if received != 2 {
		t.Errorf("got %d frames and stops, want one of each", received)
	}
}

func TestConcurrentTaps(t *testing.T) {
	r, d := registry()
	var all sync.WaitGroup
	for range 8 {
		txid, legs := begin(t, r)
		quit := make(chan struct{})
		for _, l := range legs {
			all.Go(func() {
				for at := time.Duration(0); ; at += timbre.FrameDuration {
					select {
					case <-quit:
						l.Frame(timbre.Frame{At: at})
						return
					default:
						l.Frame(timbre.Frame{At: at})
					}
				}
			})
		}
		all.Go(func() {
			var stays []*countingTap
			for i := range 200 {
				e := &countingTap{}
				stop, err := r.Tap(txid, i%2, e)
				if err != nil {
					t.Error(err)
				}
				if i%10 == 0 {
					stays = append(stays, e)
					continue
				}
				stop()
				e.frames = -1 // no other goroutine touches it: the race detector reports that
			}
			if _, err := r.Update(t.Context(), txid, timbre.Change{Metadata: "<m/>"}); err != nil {
				t.Error(err)
			}
			if err := r.End(t.Context(), txid, ""); err != nil {
				t.Error(err)
			}
			if slices.ContainsFunc(stays, func(e *countingTap) bool { return e.ends != 1 }) {
				t.Error("got a tap without exactly one end, want one")
			}
			close(quit)
		})
	}
	all.Wait()
	if len(r.Live()) != 0 || len(d.calls) != 24 {
		t.Errorf("got %d live calls and %d saves, want 0 and 24", len(r.Live()), len(d.calls))
	}
}

// patientStream is a stream with audio that has gathered, which it hands on when it is to be prompt.
type patientStream struct {
	gauge
	prompt   bool
	gathered func()
}

func (s *patientStream) Prompt(on bool) {
	if on && !s.prompt {
		s.gathered()
	}
	s.prompt = on
}

// A stream need not be prompt while nobody listens. Who begins to listen does not get what was there before.
func TestStreamIsPromptWhileTheLegIsTapped(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	s := &patientStream{gathered: func() { legs[0].Frame(timbre.Frame{PCM: make([]int16, timbre.FrameSamples)}) }}
	first := tapped(t, r, txid, 0)
	if legs[0].SetMeter(s); !s.prompt || first.frames != 1 {
		t.Errorf("got prompt %v and %d frames with a tap before the meter, want true and 1", s.prompt, first.frames)
	}
	late := &countingTap{}
	s.prompt = false
	stop, err := r.Tap(txid, 0, late)
	if err != nil {
		t.Fatal(err)
	}
	if !s.prompt || late.frames != 0 || first.frames != 2 {
		t.Errorf("got prompt %v, and %d frames of before the tap, want true and none", s.prompt, late.frames)
	}
	if stop(); !s.prompt {
		t.Error("got a stream that is not prompt while one of two taps is left")
	}
	first.does = func(timbre.Frame) { panic("a tap that fails") }
	if legs[0].Frame(timbre.Frame{PCM: make([]int16, timbre.FrameSamples)}); s.prompt {
		t.Error("got a stream that is prompt without taps")
	}
}
