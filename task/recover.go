package task

import (
	"context"
	"time"

	"timbre"
)

const crashMessage = "the server stopped while the task was running"

// Interrupted notes the tasks that were running when the server crashed. Call it before any task is started.
func (e *Engine) Interrupted(ctx context.Context) error {
	tasks, err := e.deps.Store.ActiveTasks(ctx)
	e.interrupted.Hold(tasks, e.failInterrupted)
	return err
}

// Recover ends the tasks that were running when the server crashed. A task with an identification stays PARTIAL_SUCCESS and
// reports VoiceprintGenerationFailure; any other becomes FAILED and reports IdentificationFailure, or
// VoiceToneAnalysisFailure for each leg. Requests may come meanwhile: a task that one asks for is ended before it is answered.
// After an error Recover may be repeated: a task that it has ended is not reported again.
func (e *Engine) Recover(ctx context.Context) error { return e.interrupted.SettleAll(ctx) }

// settled is a task as it is after a crash: ended.
func (e *Engine) settled(ctx context.Context, t timbre.Task) (timbre.Task, error) {
	if !t.Active {
		return t, nil
	}
	if err := e.interrupted.Settle(ctx, timbre.TaskRef{Kind: t.Kind, ID: t.ID}); err != nil {
		return timbre.Task{}, err
	}
	return e.deps.Store.Task(ctx, t.Kind, t.ID)
}

// failInterrupted ends tasks in one transaction. One that cannot be read is passed over.
func (e *Engine) failInterrupted(ctx context.Context, refs []timbre.TaskRef) error {
	var ended []timbre.Ended[timbre.Task]
	for _, ref := range refs {
		t, err := e.deps.Store.Task(ctx, ref.Kind, ref.ID)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			e.env.Log.Error("a task that was running when the server stopped cannot be read, and is passed over", "task", ref.ID, "error", err)
			continue
		}
		if !t.Active {
			continue
		}
		one, err := e.failed(ctx, t)
		if err != nil {
			return err
		}
		ended = append(ended, one)
	}
	if err := e.deps.Store.EndTasks(ctx, ended); err != nil {
		return err
	}
	for _, t := range ended {
		e.report(t.Item)
	}
	return nil
}

// failed is a task after the crash, with the notices of that.
func (e *Engine) failed(ctx context.Context, t timbre.Task) (ended timbre.Ended[timbre.Task], err error) {
	c, leg, err := e.interruptedCall(ctx, t)
	if err != nil {
		return ended, err
	}
	s, events, _ := newState(t, c, leg, e.patience()).step(aborted{crashMessage}, e.env.Now())
	ended.Item = s.record()
	ended.Notices, err = e.deps.Announcer.Notices(ctx, events...)
	return ended, err
}

// interruptedCall is the call of an interrupted task as it was while the task ran, and the leg that the task analysed. If the call
// has been deleted or cannot be read, it has the one leg that the task names.
func (e *Engine) interruptedCall(ctx context.Context, t timbre.Task) (timbre.Call, int, error) {
	c, _ := e.deps.Store.Call(ctx, t.TransactionID)
	switch {
	case ctx.Err() != nil:
		return c, 0, ctx.Err()
	case len(c.Legs) == 0:
		c = timbre.Call{TransactionID: t.TransactionID, ConnectorID: t.ConnectorID, Legs: []timbre.Leg{{Side: t.Side}}}
	}
	c.Ended, c.Failure = time.Time{}, ""
	if t.Source == nil {
		leg, _ := c.Leg(t.Side)
		return c, leg, nil
	}
	if leg, ok := streamLeg(c, t.Source.StreamARN); ok {
		c = onlyLeg(c, leg)
	}
	return c, 0, nil
}
