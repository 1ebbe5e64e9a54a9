package call

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// ear is a tap that counts. It is not fit for several goroutines, as a tap need not be.
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

func TestATapHearsItsLegFromWhenItCameUntilItIsStopped(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	early, other := tapped(t, r, txid, 0), tapped(t, r, txid, 1)
	say := func(n int) {
		for range n {
			legs[0].Frame(timbre.Frame{At: early.last + timbre.FrameDuration, PCM: make([]int16, timbre.FrameSamples)})
		}
	}
	say(3)
	late := &countingTap{}
	stop, err := r.Tap(txid, 0, late)
	if err != nil {
		t.Fatal(err)
	}
	say(2)
	stop()
	stop()
	say(4)
	if early.frames != 9 || late.frames != 2 || late.last != 5*timbre.FrameDuration || other.frames != 0 {
		t.Errorf("heard %d, %d up to %v, and %d frames", early.frames, late.frames, late.last, other.frames)
	}
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if early.ends != 1 || late.ends != 0 || other.ends != 1 {
		t.Errorf("%d, %d and %d ends", early.ends, late.ends, other.ends)
	}
	for _, leg := range []int{-1, 2} {
		if _, err := r.Tap(txid, leg, late); timbre.KindOf(err) != timbre.NotFound {
			t.Errorf("leg %d: %v", leg, err)
		}
	}
}

func TestALegTellsHowFarItsMediaHasCome(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	legs[1].Frame(timbre.Frame{At: time.Minute}) // nobody hears it
	for leg, want := range map[int]time.Duration{0: 0, 1: time.Minute, 2: 0} {
		if got := r.MediaTime(txid, leg); got != want {
			t.Errorf("leg %d has come to %v, want %v", leg, got, want)
		}
	}
	if got := r.MediaTime("nobody", 0); got != 0 {
		t.Errorf("no call has come to %v", got)
	}
}

func TestATapThatPanicsHarmsNobodyElse(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	before := tapped(t, r, txid, 0)
	bad := tapped(t, r, txid, 0)
	bad.does = func(timbre.Frame) { panic("out of tune") }
	after := tapped(t, r, txid, 0)
	for range 5 {
		legs[0].Frame(timbre.Frame{})
	}
	if before.frames != 5 || bad.frames != 1 || after.frames != 5 {
		t.Errorf("heard %d, %d and %d frames", before.frames, bad.frames, after.frames)
	}
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if before.ends != 1 || bad.ends != 1 || after.ends != 1 {
		t.Errorf("%d, %d and %d ends", before.ends, bad.ends, after.ends)
	}
	if n := testutil.ToFloat64(r.metrics.panics); n != 1 {
		t.Errorf("%v panics counted", n)
	}
}

func TestStoppingWaitsForTheFrameThatIsHeardAndOtherLegsDoNot(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	entered, hold, stopped := make(chan struct{}), make(chan struct{}), make(chan struct{})
	heard := 0 // without a lock: the race detector would tell
	stop, err := r.Tap(txid, 0, &countingTap{does: func(timbre.Frame) {
		close(entered)
		<-hold
		heard++
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
		heard++
		close(stopped)
	}()
	legs[1].Frame(timbre.Frame{})
	if other.frames != 1 {
		t.Errorf("the other leg heard %d frames", other.frames)
	}
	select {
	case <-stopped:
		t.Error("stopped while a frame was heard")
	default:
	}
	close(hold)
	<-stopped
	talking.Wait()
	legs[0].Frame(timbre.Frame{})
	if heard != 2 {
		t.Errorf("%d frames and stops, want one of each", heard)
	}
}

func TestFramesThatTakeTheirTapsTooLongAreCounted(t *testing.T) {
	r, _ := registry()
	now := r.env.Now()
	r.env.Now = func() time.Time { return now }
	txid, legs := begin(t, r)
	e := tapped(t, r, txid, 0)
	for _, busy := range []time.Duration{0, timbre.FrameDuration, timbre.FrameDuration + 1} {
		e.does = func(timbre.Frame) { now = now.Add(busy) }
		legs[0].Frame(timbre.Frame{})
	}
	if n := testutil.ToFloat64(r.metrics.slow); n != 1 {
		t.Errorf("%v slow frames", n)
	}
}

func TestTapsComeAndGoWhileTheCallTalksAndEnds(t *testing.T) {
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
				e.frames = -1 // nobody else touches it any more: the race detector would tell
			}
			if _, err := r.Update(t.Context(), txid, timbre.Change{Metadata: "<m/>"}); err != nil {
				t.Error(err)
			}
			if err := r.End(t.Context(), txid, ""); err != nil {
				t.Error(err)
			}
			if slices.ContainsFunc(stays, func(e *countingTap) bool { return e.ends != 1 }) {
				t.Error("a tap was not told the end once")
			}
			close(quit)
		})
	}
	all.Wait()
	if len(r.Live()) != 0 || len(d.calls) != 24 {
		t.Errorf("%d live, %d writes", len(r.Live()), len(d.calls))
	}
}

func BenchmarkFrameToTwoTaps(b *testing.B) {
	d := &fakeStore{}
	r := New(environment.Environment{}, Deps{d, d})
	txid, legs, err := r.Begin(b.Context(), twoLegs())
	if err != nil {
		b.Fatal(err)
	}
	for range 2 {
		if _, err := r.Tap(txid, 0, &countingTap{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		legs[0].Frame(timbre.Frame{})
	}
}

func BenchmarkBeginAndEnd(b *testing.B) {
	d := &fakeStore{during: func(timbre.Call) {}}
	r := New(environment.Environment{}, Deps{d, d})
	b.ReportAllocs()
	for b.Loop() {
		txid, _, err := r.Begin(b.Context(), twoLegs())
		if err != nil {
			b.Fatal(err)
		}
		if err := r.End(b.Context(), txid, ""); err != nil {
			b.Fatal(err)
		}
		d.calls, d.sent = nil, nil
	}
}
