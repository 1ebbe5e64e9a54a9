package admission

import (
	"context"
	"errors"
	"slices"
	"time"

	"timbre"
)

// retry has Run read again what could not be read.
func (a *Admission) retry() {
	select {
	case a.again <- struct{}{}:
	default:
	}
}

// Run reads again what could not be read, until ctx ends.
func (a *Admission) Run(ctx context.Context) {
	backoff := minBackoff
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.again:
		}
		timer := time.NewTimer(backoff)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		if a.readAgain(ctx) {
			backoff = minBackoff
		} else {
			backoff = min(2*backoff, maxBackoff)
		}
	}
}

// readAgain reads again what could not be read; false if some of it still cannot be.
func (a *Admission) readAgain(ctx context.Context) bool {
	ids, loaded := a.list.outdated()
	if !loaded {
		if err := a.Load(ctx); err != nil {
			return false
		}
		a.env.Log.Info("the allow list has been read")
	}
	for _, id := range ids {
		a.update(ctx, id)
	}
	ids, _ = a.list.outdated()
	return len(ids) == 0
}

// outdated are the connectors that could not be read and may be now.
func (l *allowList) outdated() (ids []string, loaded bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for id, e := range l.entries {
		if e.err != nil && !errors.Is(e.err, timbre.ErrDamaged) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, l.loaded
}
