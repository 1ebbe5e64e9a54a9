package speech

import (
	"slices"
	"sync"
	"sync/atomic"
)

// audience is all who listen to a leg. It is safe for concurrent use.
type audience struct {
	lags atomic.Bool

	mu     sync.Mutex // held while a change of lags is reported
	all    []*subscriber
	frames int  // that the leg has brought
	over   bool // nobody may join
}

// join adds a subscriber, from the next frame on. False: nothing more will be heard of the leg.
func (a *audience) join(l *subscriber) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return false
	}
	l.from = a.frames
	a.all = append(slices.Clip(a.all), l) // never in place: see now
	if a.lags.Load() {
		l.to.Lagging(true)
	}
	return true
}

// leave removes a subscriber. True: it was the last one, and nobody may join any more.
func (a *audience) leave(l *subscriber) (last bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := slices.Index(a.all, l)
	if at < 0 {
		return false
	}
	a.all = slices.Concat(a.all[:at], a.all[at+1:])
	a.over = a.over || len(a.all) == 0
	return len(a.all) == 0
}

// end lets nobody join any more.
func (a *audience) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
}

// now is who listens at this moment.
func (a *audience) now() []*subscriber {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.all
}

// count numbers the next frame.
func (a *audience) count() (number int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.frames++
	return a.frames - 1
}

// setLagging reports that the worker lags behind its leg, or has caught up. False: that is not new.
func (a *audience) setLagging(lags bool) bool {
	if a.lags.Load() == lags {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lags.Swap(lags) == lags {
		return false
	}
	for _, l := range a.all {
		l.to.Lagging(lags)
	}
	return true
}
