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

	taps  atomic.Pointer[[]*tap] // copy on write
	mu    sync.Mutex             // held while taps is replaced; guards ended
	ended bool
}

func newLeg(r *Registry, t *talk, index int) *leg {
	l := &leg{log: r.env.Log, metrics: r.metrics, now: r.env.Steady, talk: t, index: index}
	l.taps.Store(&[]*tap{})
	return l
}

// Frame is called by the receiver of the leg's audio.
func (l *leg) Frame(f timbre.Frame) {
	l.mediaTime.Store(int64(f.At))
	l.talk.frame(l.index, f.PCM)
	taps := *l.taps.Load()
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

// attach adds a tap; false if the leg has ended.
func (l *leg) attach(t *tap) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
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

// end ends all taps. Later frames go nowhere.
func (l *leg) end() {
	l.mu.Lock()
	l.ended = true
	taps := *l.taps.Swap(&[]*tap{})
	l.mu.Unlock()
	for _, t := range taps {
		t.end()
	}
}
