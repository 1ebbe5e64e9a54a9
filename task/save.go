package task

import (
	"context"

	"timbre"
)

// save writes the state and the unsent events in one transaction. If that fails it is retried with back-off: no event is
// sent before the state that it reports is durable.
func (a *actor) save(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	ended := a.saved.record().Active && !a.current.record().Active
	defer a.engine.metrics.step("save")()
	err := a.write(ctx)
	if err != nil && timbre.KindOf(err) == timbre.NotFound && a.current.record().Voiceprint != nil {
		a.rollBack()
		err = a.write(ctx)
	}
	if err == nil {
		a.saved, a.rendered, a.dirty, a.backoff = a.current, nil, false, minBackoff
		a.retry.Stop()
		a.outage.Over(a.engine.env.Log, "a task is saved after retries", "task", a.id)
		if ended {
			a.engine.report(a.current.record())
		}
		a.delays.save(a.engine.metrics)
		return
	}
	a.engine.metrics.writeFailures.Inc()
	line := []any{"task", a.id, "retry_in", a.backoff, "error", err}
	if timbre.KindOf(err) == timbre.Unavailable { // the store says it once for all
		a.engine.env.Log.Debug("saving a task fails, retrying", line...)
	} else {
		a.outage.Failed(a.engine.env.Log, "saving a task fails, retrying", line...)
	}
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
	a.current.record().Voiceprint.Erase()
	next, events, _ := a.saved.step(aborted{deleted}, a.engine.env.Now())
	a.current, a.rendered, a.unsent = next, nil, events
}
