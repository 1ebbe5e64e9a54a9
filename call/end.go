package call

import (
	"context"
	"errors"
	"maps"
	"slices"

	"timbre"
)

// Why a call ended, as the log and the metrics say it.
const (
	hangup     = "hangup"
	failure    = "failure"
	shutdown   = "shutdown"
	recovered  = "recovered"  // after a crash
	unanalysed = "unanalysed" // a bridged call that could not begin
)

// End ends a call and its taps, with one ENDED event for each leg, or FAILED if why is not empty. A call that is not live is
// left alone, so End may be repeated, and one that was never answered leaves no trace. An end that cannot be saved is an error, and is retried by Run.
func (r *Registry) End(ctx context.Context, txid, why string) error {
	if why != "" {
		return r.end(ctx, txid, why, failure)
	}
	return r.end(ctx, txid, "", hangup)
}

func (r *Registry) end(ctx context.Context, txid, why, reason string) error {
	e := r.find(txid)
	if e == nil {
		return nil
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	if e.removed {
		return nil
	}
	c := e.call
	if c.Reserved {
		return r.forget(ctx, e)
	}
	if c.Ended.IsZero() {
		c.Ended, c.Lasted, c.Failure = r.env.Now(), r.env.Steady().Sub(e.began), why
		r.metrics.live.Dec()
		r.report(c, receptions(e.legs), reason)
	}
	c.StoredByes = nil // its peers know
	// A request that is cancelled does not undo a hang-up.
	err := r.saveEnd(context.WithoutCancel(ctx), e, c)
	if err == nil {
		r.remove(e)
	} else {
		r.set(e, c)
		r.retryLater()
	}
	e.end()
	return err
}

// retryLater has Run save again what could not be saved.
func (r *Registry) retryLater() {
	select {
	case r.retry <- struct{}{}:
	default:
	}
}

// end ends the taps. The caller holds changing.
func (e *entry) end() {
	for _, l := range e.legs {
		l.end()
	}
}

// Shut ends all calls with a reason. Begin fails from then on.
func (r *Registry) Shut(ctx context.Context, why string) error {
	r.mu.Lock()
	r.closed = true
	ids := slices.Collect(maps.Keys(r.calls))
	r.mu.Unlock()
	var failed []error
	for _, id := range ids {
		failed = append(failed, r.end(ctx, id, why, shutdown))
	}
	return errors.Join(failed...)
}

// Missed reports the end of a bridged call that could not begin, because of the store or a quota. It assigns a transaction id
// and the end. Nothing of the call is saved, and it has no events.
func (r *Registry) Missed(c timbre.Call, receptions []*timbre.Reception) {
	c.TransactionID, c.Ended, c.Lasted = r.env.NewID(), r.env.Now(), r.env.Age(c.Started)
	r.report(c, receptions, unanalysed)
}
