package task

import (
	"context"

	"timbre"
)

// Stop ends a task; its results so far are kept, and nothing more is told of it. When it returns, that is written down.
// To stop a stopped task again changes nothing and is no error. NotFound as for Get; Unprocessable when the task has ended
// in another way, for then there is nothing to stop.
func (e *Engine) Stop(ctx context.Context, kind timbre.TaskKind, owner, id string) error {
	const op = "task.Stop"
	if _, err := e.Get(ctx, kind, owner, id); err != nil {
		return err
	}
	e.mu.Lock()
	a := e.running[id]
	e.mu.Unlock()
	if a != nil {
		a.inbox.put(stop{})
		select {
		case <-a.done:
		case <-ctx.Done():
			return timbre.Errorf(timbre.Unavailable, op, "the task is still ending: %w", ctx.Err())
		}
	}
	t, err := e.Get(ctx, kind, owner, id)
	switch {
	case err != nil:
		return err
	case t.Active:
		return timbre.Errorf(timbre.Unavailable, op, "the task is not running on this server")
	case t.Status != timbre.Stopped:
		return timbre.Errorf(timbre.Unprocessable, op, "the task has ended with the status %s", t.Status)
	}
	return nil
}
