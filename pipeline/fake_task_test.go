package pipeline

import (
	"context"
	"fmt"

	"timbre"
)

// fakeTasks is the task engine.
type fakeTasks struct{ *world }

func (o fakeTasks) Start(_ context.Context, t timbre.Task) (timbre.Task, error) {
	defer o.lock()()
	for _, other := range o.tasks {
		if other.Active && other.Kind == t.Kind && other.Source.StreamARN == t.Source.StreamARN {
			return timbre.Task{}, timbre.Errorf(timbre.Limit, "fake", "active")
		}
	}
	o.ids++
	t.ID, t.Active = fmt.Sprintf("task-%d", o.ids), true
	o.tasks[t.ID] = t
	return t, nil
}

func (o fakeTasks) Repeated(_ context.Context, t timbre.Task) (timbre.Task, bool, error) {
	defer o.lock()()
	for _, other := range o.tasks {
		if t.Token != "" && other.Token == t.Token {
			return other, true, nil
		}
	}
	return timbre.Task{}, false, nil
}

func (o fakeTasks) Get(_ context.Context, _ timbre.TaskKind, owner, id string) (timbre.Task, error) {
	defer o.lock()()
	if t, ok := o.tasks[id]; ok && t.Owner() == owner {
		return t, nil
	}
	return timbre.Task{}, none()
}

func (o fakeTasks) Stop(ctx context.Context, kind timbre.TaskKind, owner, id string) error {
	t, err := o.Get(ctx, kind, owner, id)
	defer o.lock()()
	t.Active = false
	if err == nil {
		o.tasks[id] = t
	}
	return err
}
