package task

import (
	"context"
	"errors"

	"timbre"
)

const crash = "the server stopped while the task was running"

// Recover ends the tasks that were running when the server last died: what had its identification stays PARTIAL_SUCCESS
// and tells VoiceprintGenerationFailure; everything else is FAILED and tells IdentificationFailure, or
// VoiceToneAnalysisFailure for each leg. Call it before anything is started. A task that it has ended is active no more,
// so that no second Recover tells of it again.
func (e *Engine) Recover(ctx context.Context) error {
	tasks, err := e.Store.ActiveTasks(ctx)
	if err != nil {
		return err
	}
	var faults []error
	for _, t := range tasks {
		faults = append(faults, e.bury(ctx, t))
	}
	return errors.Join(faults...)
}

func (e *Engine) bury(ctx context.Context, t timbre.Task) error {
	c, err := e.Store.Call(ctx, t.TransactionID)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return err
	case len(c.Legs) == 0: // the call is not known any more
		c = timbre.Call{TransactionID: t.TransactionID, ConnectorID: t.ConnectorID, Legs: []timbre.Leg{{Side: t.Side}}}
	}
	leg, _ := c.Leg(t.Side)
	if t.Source != nil {
		if at, ok := streamLeg(c, t.Source.StreamARN); ok {
			c = only(c, at)
		}
		leg = 0
	}
	s, events, _ := begin(t, c, leg).step(lost{crash}, e.Now())
	notices, err := e.Announcer.Notices(ctx, events...)
	if err != nil {
		return err
	}
	if err := e.Store.SaveTask(ctx, s.record(), notices); err != nil {
		return err
	}
	e.Log.Info("a task was running when the server stopped", "task", t.ID, "kind", t.Kind.String(), "status", s.record().Status)
	return nil
}
