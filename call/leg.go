package call

import (
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
)

// leg hands the frames of one leg to its taps, in order.
type leg struct {
	log       *slog.Logger
	metrics   *metrics
	now       func() time.Time
	talk      *talk
	index     int          // in talk
	mediaTime atomic.Int64 // of the newest frame
	meter     atomic.Pointer[timbre.ReceptionMeter]

	taps  atomic.Pointer[[]*tap] // copy on write; nil: there are none, and a frame costs no look at them
	mu    sync.Mutex             // held while taps is replaced; guards ended
	ended bool
}

func newLeg(r *Registry, t *talk, index int) *leg {
	return &leg{log: r.env.Log, metrics: r.metrics, now: r.env.Steady, talk: t, index: index}
}

// Frame is called by the receiver of the leg's audio.
func (l *leg) Frame(f timbre.Frame) {
	l.mediaTime.Store(int64(f.At))
	l.talk.frame(l.index, f.PCM)
	taps := l.tapped()
	if len(taps) == 0 {
		return
	}
	start := l.now()
	for _, t := range taps {
		t.frame(f)
	}
	if l.now().Sub(start) > timbre.FrameDuration {
		l.metrics.slow.Inc()
	}
}

func (l *leg) tapped() []*tap {
	if taps := l.taps.Load(); taps != nil {
		return *taps
	}
	return nil
}

// attach adds a tap; false if the leg has ended. What was there before does not reach it.
func (l *leg) attach(t *tap) bool {
	l.prompt()
	defer l.settle() // for a meter that was set meanwhile, or a tap that was not added
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	taps := append(slices.Clip(l.tapped()), t)
	l.taps.Store(&taps)
	return true
}

func (l *leg) detach(t *tap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	taps := slices.DeleteFunc(slices.Clone(l.tapped()), func(o *tap) bool { return o == t })
	if len(taps) > 0 {
		l.taps.Store(&taps)
		return
	}
	l.taps.Store(nil)
	l.relax()
}

// end ends all taps. Later frames go nowhere.
func (l *leg) end() {
	l.mu.Lock()
	l.ended = true
	taps := l.tapped()
	l.taps.Store(nil)
	l.mu.Unlock()
	for _, t := range taps {
		t.end()
	}
}
