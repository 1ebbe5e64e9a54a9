package sweep_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/sweep"
)

const day = 24 * time.Hour

// world is a machine with a wall clock that can be set, and what is kept on it, by the stamps of the wall clock.
type world struct {
	wrong   atomic.Int64 // of the wall clock, in nanoseconds
	before  func()       // is called before a batch, unless nil
	mu      sync.Mutex
	kept    map[timbre.Perishable][]time.Time
	batches []int
	held    func(within time.Duration) time.Duration
	saved   environment.ClockRecord
	failing error
	days    []time.Time
}

func (w *world) env() environment.Environment {
	began := time.Now()
	return environment.Environment{
		Now:    func() time.Time { return time.Now().Add(time.Duration(w.wrong.Load())) },
		Steady: time.Now,
		Uptime: func() environment.Uptime { return environment.Uptime{Boot: "boot", Up: time.Since(began)} },
	}
}

func (w *world) set(wrong time.Duration) { w.wrong.Store(int64(wrong)) }

func (w *world) Erase(_ context.Context, of timbre.Perishable, outlived func() []environment.Span, within time.Duration) (erased int, held time.Duration, err error) {
	if w.before != nil {
		w.before()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	spans := outlived()
	if w.failing != nil {
		return 0, 0, w.failing
	}
	w.kept[of] = slices.DeleteFunc(w.kept[of], func(at time.Time) bool {
		gone := erased < rows(within) && slices.ContainsFunc(spans, func(s environment.Span) bool { return s.Has(at) })
		if gone {
			erased++
		}
		return gone
	})
	w.batches = append(w.batches, erased)
	if w.held != nil {
		held = w.held(within)
	}
	return erased, held, nil
}

// rows is how many rows are erased in a time: one takes a millisecond, and there is always one.
func rows(within time.Duration) int { return max(1, int(within/time.Millisecond)) }

func (w *world) Scrub(context.Context) error { return nil }

func (w *world) Clock(context.Context) (environment.ClockRecord, error) { return w.saved, nil }

func (w *world) SaveClock(_ context.Context, r environment.ClockRecord) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.saved = r
	return nil
}

func (w *world) Sweep(outlived func() []environment.Span) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before, spans := len(w.days), outlived()
	w.days = slices.DeleteFunc(w.days, func(at time.Time) bool {
		return slices.ContainsFunc(spans, func(s environment.Span) bool { return s.Has(at) })
	})
	return before - len(w.days), nil
}

// logs are those of connectors, by the stamps of their lines.
type logs struct{ w *world }

func (l logs) Sweep(outlived func() []environment.Span) (n int, err error) {
	l.w.mu.Lock()
	defer l.w.mu.Unlock()
	before, spans := len(l.w.kept[timbre.ConnectorLogs]), outlived()
	l.w.kept[timbre.ConnectorLogs] = slices.DeleteFunc(l.w.kept[timbre.ConnectorLogs], func(at time.Time) bool {
		return slices.ContainsFunc(spans, func(s environment.Span) bool { return s.Has(at) })
	})
	return before - len(l.w.kept[timbre.ConnectorLogs]), nil
}

// run runs a sweeper until stop is called.
func (w *world) run(env environment.Environment) (c *environment.Clock, stop func()) {
	c = environment.NewClock(env, w.saved, nil)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		sweep.New(env, sweep.Config{Records: 7 * day}, sweep.Deps{Clock: c, Store: w, Records: w, Logs: logs{w}}).Run(ctx)
	}()
	return c, func() { cancel(); <-done }
}

// stamp keeps one of each kind.
func (w *world) stamp(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range timbre.Lives {
		w.kept[l.Of] = append(w.kept[l.Of], at)
	}
	w.days = append(w.days, at)
}

// left is what is kept, call records as days.
func (w *world) left() map[timbre.Perishable]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := map[timbre.Perishable]int{}
	for of, list := range w.kept {
		left[of] = len(list)
	}
	left[timbre.CallRecords] = len(w.days)
	return left
}

// Whatever the wall clock does, in a run or between two, each kind is kept for its life and then goes.
func TestEveryLifeLastsWhateverTheClockDoes(t *testing.T) {
	for name, by := range map[string]time.Duration{
		"nothing": 0, "hours ahead": 30 * time.Hour, "hours back": -30 * time.Hour, "days ahead": 8 * day, "days back": -8 * day,
		"years ahead": 4 * 365 * day, "years back": -4 * 365 * day,
	} {
		for where, between := range map[string]bool{"in a run": false, "between two runs": true} {
			for stays, back := range map[string]bool{"for good": false, "for an hour": true} {
				t.Run(name+" "+where+" "+stays, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { lives(t, by, between, back) })
				})
			}
		}
	}
}

func lives(t *testing.T, by time.Duration, between, back bool) {
	w := &world{kept: map[timbre.Perishable][]time.Time{}}
	env := w.env()
	c, stop := w.run(env)
	defer func() { stop() }()
	jump := func(wrong time.Duration) {
		if between {
			stop()
		}
		w.set(wrong)
		if between {
			c, stop = w.run(env)
		}
	}
	pass(30 * time.Minute)
	began := time.Now()
	w.stamp(c.Now())
	pass(time.Hour)
	jump(by)
	w.stamp(c.Now())
	pass(time.Hour)
	if back {
		jump(0)
	}
	w.stamp(c.Now())
	for _, life := range []time.Duration{day, 7 * day} {
		pass(time.Until(began.Add(life - time.Minute)))
		for _, l := range timbre.Lives {
			if n := w.left()[l.Of]; n != 3 && lifeOf(l) >= life {
				t.Errorf("%s: got %d just before the end of a life of %v, want 3", l.Of, n, life)
			}
		}
	}
	pass(3*time.Hour + min(by.Abs(), 7*day)) // the stamps of a clock that is ahead may be kept for longer by that
	for of, n := range w.left() {
		if want := map[bool]int{true: 3, false: 0}[of == timbre.ProfileEmbedding]; n != want {
			t.Errorf("%s: got %d after all lives but that of a profile, want %d", of, n, want)
		}
	}
}

// What is stamped during a sweep, by a clock that has jumped back, looks older than it is to spans of before the jump.
func TestJumpDuringASweepMakesNothingOlder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{kept: map[timbre.Perishable][]time.Time{}}
		env := w.env()
		c := environment.NewClock(env, environment.ClockRecord{}, nil)
		stamped := 0
		w.before = func() {
			if stamped < 10 {
				stamped++
				w.set(time.Duration(stamped) * -4 * 365 * day)
				w.stamp(c.Now())
			}
		}
		sweep.New(env, sweep.Config{Records: 7 * day}, sweep.Deps{Clock: c, Store: w, Records: w, Logs: logs{w}}).Sweep(t.Context())
		for of, n := range w.left() {
			if n != stamped || stamped == 0 {
				t.Errorf("%s: got %d left of %d that have just been stamped, want all", of, n, stamped)
			}
		}
	})
}

// lifeOf is a life, also where it is configured.
func lifeOf(l timbre.Life) time.Duration {
	if l.For == 0 {
		return 7 * day
	}
	return l.For
}

// pass lets time pass.
func pass(d time.Duration) { <-time.After(d) }

func TestBatchesFitTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{kept: map[timbre.Perishable][]time.Time{}}
		var longest time.Duration
		w.held = func(within time.Duration) time.Duration { // a commit takes four times as long as what it commits
			held := 5 * max(within, time.Millisecond)
			longest = max(longest, held)
			return held
		}
		env := w.env()
		long := time.Now().Add(-8 * day)
		for range 1000 {
			w.kept[timbre.Results] = append(w.kept[timbre.Results], long)
		}
		began := time.Now()
		sweep.New(env, sweep.Config{}, sweep.Deps{Clock: environment.NewClock(env, environment.ClockRecord{}, nil), Store: w}).Sweep(t.Context())
		if n := len(w.kept[timbre.Results]); n > 0 || longest > 20*time.Millisecond {
			t.Errorf("got %d left and a batch of %v, want none and 20 ms at most", n, longest)
		}
		if took := time.Since(began); took < time.Second {
			t.Errorf("got a sweep of %v between its batches, want as long as they held the writer: 1 s", took)
		}
	})
}

func TestSweepGoesOnAfterAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{kept: map[timbre.Perishable][]time.Time{}, failing: timbre.Errorf(timbre.Internal, "", "disk full")}
		w.stamp(time.Now().Add(-4000 * day))
		_, stop := w.run(w.env())
		defer func() { stop() }()
		pass(time.Minute)
		if n := w.left(); n[timbre.Results] != 1 || n[timbre.CallRecords] != 0 {
			t.Errorf("got %v while the store fails, want the call records gone alone", n)
		}
		w.mu.Lock()
		w.failing = nil
		w.mu.Unlock()
		pass(10 * time.Minute)
		for of, n := range w.left() {
			if n != 0 {
				t.Errorf("%s: got %d, want none", of, n)
			}
		}
	})
}
