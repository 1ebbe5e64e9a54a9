package call

import (
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
)

// leg hands the frames of one leg to its taps, in the order in which they came.
type leg struct {
	log     *slog.Logger
	metrics *metrics
	now     func() time.Time
	reached atomic.Int64 // media time of the newest frame
	meter   atomic.Pointer[timbre.ReceptionMeter]

	taps atomic.Pointer[[]*tap] // never changed, only replaced
	mu   sync.Mutex             // guards the replacing, and over
	over bool
}

func newLeg(r *Registry) *leg {
	l := &leg{log: r.Log, metrics: r.metrics, now: r.Now}
	l.taps.Store(&[]*tap{})
	return l
}

// Frame is called by whoever receives the leg's audio.
func (l *leg) Frame(f timbre.Frame) {
	l.reached.Store(int64(f.At))
	taps := *l.taps.Load()
	if len(taps) == 0 {
		return
	}
	start := l.now()
	for _, t := range taps {
		t.hear(f)
	}
	if l.now().Sub(start) > timbre.FrameDuration {
		l.metrics.slow.Inc()
	}
}

// attach adds a tap; false when the leg has ended.
func (l *leg) attach(t *tap) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return false
	}
	taps := append(slices.Clip(*l.taps.Load()), t)
	l.taps.Store(&taps)
	return true
}

func (l *leg) detach(t *tap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taps := slices.DeleteFunc(slices.Clone(*l.taps.Load()), func(o *tap) bool { return o == t })
	l.taps.Store(&taps)
}

// end tells all taps that nothing more comes. Frames after it go nowhere.
func (l *leg) end() {
	l.mu.Lock()
	l.over = true
	taps := *l.taps.Swap(&[]*tap{})
	l.mu.Unlock()
	for _, t := range taps {
		t.end()
	}
}

// tap is a Tap on a leg, until it has been stopped, has ended or has panicked.
type tap struct {
	leg  *leg
	to   timbre.Tap
	mu   sync.Mutex // held while to is called
	over bool
}

func (t *tap) hear(f timbre.Frame) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || t.give(f) {
		return
	}
	t.over = true
	t.leg.detach(t)
	t.giveEnd()
}

func (t *tap) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over {
		t.over = true
		t.giveEnd()
	}
}

func (t *tap) stop() {
	t.mu.Lock()
	t.over = true
	t.mu.Unlock()
	t.leg.detach(t)
}

// give hands on a frame; false when the tap panicked over it.
func (t *tap) give(f timbre.Frame) (ok bool) {
	defer t.recovered()
	t.to.Frame(f)
	return true
}

func (t *tap) giveEnd() {
	defer t.recovered()
	t.to.End()
}

func (t *tap) recovered() {
	if p := recover(); p != nil {
		t.leg.metrics.panics.Inc()
		t.leg.log.Error("a tap panicked and was taken off its leg", "panic", p, "stack", string(debug.Stack()))
	}
}
