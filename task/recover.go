package task

import (
	"context"
	"errors"

	"timbre"
)

const crashMessage = "the server stopped while the task was running"

// Recover ends the tasks that were running when the server crashed. A task with an identification stays PARTIAL_SUCCESS and
// reports VoiceprintGenerationFailure; any other becomes FAILED and reports IdentificationFailure, or
// VoiceToneAnalysisFailure for each leg. Call it before any task is started. A task that it has ended is not active any
// more, so a second Recover does not report it again.
func (e *Engine) Recover(ctx context.Context) error {
	tasks, err := e.deps.Store.ActiveTasks(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, t := range tasks {
		failed = append(failed, e.failInterrupted(ctx, t))
	}
	return errors.Join(failed...)
}

func (e *Engine) failInterrupted(ctx context.Context, t timbre.Task) error {
	c, leg, err := e.interruptedCall(ctx, t)
	if err != nil {
		return err
	}
	s, events, _ := newState(t, c, leg, e.patience()).step(aborted{crashMessage}, e.env.Now())
	notices, err := e.deps.Announcer.Notices(ctx, events...)
	if err != nil {
		return err
	}
	if err := e.deps.Store.SaveTask(ctx, s.record(), notices); err != nil {
		return err
	}
	e.env.Log.Info("task ended: it was running when the server stopped", "task", t.ID, "kind", t.Kind.String(), "status", s.record().Status)
	return nil
}

// interruptedCall is the call of an interrupted task, and the leg that the task analysed. If the call has been deleted, it
// has the one leg that the task names.
func (e *Engine) interruptedCall(ctx context.Context, t timbre.Task) (timbre.Call, int, error) {
	c, err := e.deps.Store.Call(ctx, t.TransactionID)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return c, 0, err
	case len(c.Legs) == 0:
		c = timbre.Call{TransactionID: t.TransactionID, ConnectorID: t.ConnectorID, Legs: []timbre.Leg{{Side: t.Side}}}
	}
	if t.Source == nil {
		leg, _ := c.Leg(t.Side)
		return c, leg, nil
	}
	if leg, ok := streamLeg(c, t.Source.StreamARN); ok {
		c = onlyLeg(c, leg)
	}
	return c, 0, nil
}
