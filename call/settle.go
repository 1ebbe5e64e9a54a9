package call

import (
	"context"
	"time"
)

// Between two tries to write down the ends that could not be written.
const (
	firstPause = time.Second
	lastPause  = time.Minute
)

// Run sees to ends that could not be written when they came, until ctx ends: they are tried again until they are. What is
// left then is tried by Shut a last time, and otherwise ends as for a node that died.
func (r *Registry) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.unwritten:
		}
		for pause := firstPause; !r.settle(ctx); pause = min(2*pause, lastPause) {
			again := time.NewTimer(pause)
			select {
			case <-ctx.Done():
				again.Stop()
				return
			case <-again.C:
			}
		}
	}
}

// settle tries all of them once; true: none is left.
func (r *Registry) settle(ctx context.Context) bool {
	for _, txid := range r.over() {
		if err := r.end(ctx, txid, "", ""); err != nil { // how it ended is known
			return false // the next one would fare no better
		}
		r.Log.Info("a call's end has been written after all", "transaction", txid)
	}
	return true
}

// over are the calls that have ended and are still here.
func (r *Registry) over() (ids []string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for id, l := range r.calls {
		if !l.call.Ended.IsZero() {
			ids = append(ids, id)
		}
	}
	return ids
}
