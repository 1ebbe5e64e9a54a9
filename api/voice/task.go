package voice

import (
	"context"

	"timbre"
)

// task finds a task of a kind on a connector. A task of another connector does not exist for the client.
func (s *service) task(ctx context.Context, kind timbre.TaskKind, connectorID, id string) (timbre.Task, error) {
	t, err := s.deps.Tasks.Get(ctx, kind, connectorID, id)
	if err == nil && (t.Owner() != connectorID || t.Kind != kind) {
		return timbre.Task{}, timbre.Errorf(timbre.NotFound, "", "The %s task does not exist on the voice connector.", kind)
	}
	return t, err
}

// stop ends a task that task would find.
func (s *service) stop(ctx context.Context, kind timbre.TaskKind, connectorID, id string) error {
	if _, err := s.task(ctx, kind, connectorID, id); err != nil {
		return err
	}
	return s.deps.Tasks.Stop(ctx, kind, connectorID, id)
}
