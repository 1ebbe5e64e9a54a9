package task

import (
	"context"

	"timbre"
)

// save writes the state and the unsent events in one transaction. If that fails it is retried with back-off: no event is
// sent before the state that it reports is durable.
func (a *actor) save(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	err := a.write(ctx)
	if err != nil && timbre.KindOf(err) == timbre.NotFound && a.current.record().Voiceprint != nil {
		a.rollBack()
		err = a.write(ctx)
	}
	if err == nil {
		a.saved, a.rendered, a.dirty, a.backoff = a.current, nil, false, minBackoff
		a.retry.Stop()
		return
	}
	a.engine.metrics.writeFailures.Inc()
	log := a.engine.env.Log.Error
	if timbre.KindOf(err) == timbre.Unavailable { // the store says it once for all
		log = a.engine.env.Log.Debug
	}
	log("saving a task failed, retrying", "task", a.id, "retry_in", a.backoff, "error", err)
	a.retry.Reset(a.backoff)
	a.backoff = min(2*a.backoff, maxBackoff)
}

// write renders each event once: if the outcome of a transaction is unknown, it is repeated with the same notices.
func (a *actor) write(ctx context.Context) error {
	notices, err := a.engine.deps.Announcer.Notices(ctx, a.unsent...)
	if err != nil {
		return timbre.Errorf(timbre.Internal, "task.write", "rendering the events: %w", err)
	}
	a.rendered, a.unsent = append(a.rendered, notices...), nil
	return a.engine.deps.Store.SaveTask(ctx, a.current.record(), a.rendered)
}

// rollBack returns to the saved state and continues from there without the voiceprint: its domain has been deleted, and with
// it the key that encrypts voiceprints.
func (a *actor) rollBack() {
	deleted := failureReason(timbre.Errorf(timbre.NotFound, "", ""))
	next, events, _ := a.saved.step(aborted{deleted}, a.engine.env.Now())
	a.current, a.rendered, a.unsent = next, nil, events
}
