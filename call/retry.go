package call

import (
	"context"
	"time"
)

// The wait between two attempts to save the ends of calls.
const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// Run retries the ends that could not be saved, until ctx ends. Shut tries what is left a last time; otherwise the call is
// recovered after the next start.
func (r *Registry) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.retry:
		}
		for backoff := minBackoff; !r.saveEnds(ctx); backoff = min(2*backoff, maxBackoff) {
			timer := time.NewTimer(backoff)
			select {
			case <-ctx.Done():
				timer.Stop()
				return
			case <-timer.C:
			}
		}
	}
}

// saveEnds tries all ends that are not saved; true if none is left.
func (r *Registry) saveEnds(ctx context.Context) bool {
	for _, txid := range r.unsaved() {
		if err := r.end(ctx, txid, "", ""); err != nil { // why it ended is known
			return false // the others would fail as well
		}
		r.env.Log.Info("the end of a call is saved after retries", "transaction", txid)
	}
	return true
}

// unsaved returns the calls whose end is not saved.
func (r *Registry) unsaved() (ids []string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for id, e := range r.calls {
		if !e.call.Ended.IsZero() {
			ids = append(ids, id)
		}
	}
	return ids
}
