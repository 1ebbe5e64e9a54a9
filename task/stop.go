package task

import (
	"context"

	"timbre"
)

// Stop ends a task. The results so far are kept, and no further event is sent. When Stop returns, the end is saved. Stopping
// a stopped task changes nothing and is no error. NotFound as for Get; Unprocessable if the task has ended in another way.
func (e *Engine) Stop(ctx context.Context, kind timbre.TaskKind, owner, id string) error {
	const op = "task.Stop"
	if _, err := e.Get(ctx, kind, owner, id); err != nil {
		return err
	}
	e.mu.Lock()
	a := e.running[id]
	e.mu.Unlock()
	if a != nil {
		a.inbox.put(stopRequested{})
		select {
		case <-a.done:
		case <-ctx.Done():
			return timbre.Errorf(timbre.Unavailable, op, "the task has not ended yet: %w", ctx.Err())
		}
	}
	t, err := e.Get(ctx, kind, owner, id)
	switch {
	case err != nil:
		return err
	case t.Active:
		return timbre.Errorf(timbre.Unavailable, op, "the task is not running on this server")
	case t.Status != timbre.Stopped:
		return timbre.Errorf(timbre.Unprocessable, op, "the task has already ended with status %s", t.Status)
	}
	return nil
}
