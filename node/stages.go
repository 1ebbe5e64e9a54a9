package node

import (
	"context"

	"timbre"
	"timbre/call"
	"timbre/config"
	"timbre/environment"
	"timbre/store/sqlite"
	"timbre/task"
)

// Stages are those of a node between its ports: calls and the frames of their legs come in; tasks and profiles go out. They serve
// a program that has audio of its own and needs no signalling, such as a benchmark.
type Stages struct {
	Calls *call.Registry
	Tasks *task.Engine
	Store *sqlite.Store
	node  *Node
}

// OpenStages opens the data folder and loads the models. No port is opened, and notifications go nowhere.
func OpenStages(ctx context.Context, env environment.Environment, s config.Settings) (*Stages, error) {
	n := newNode(env, s)
	for _, open := range []func(context.Context) error{n.openStore, n.openClock, n.openEvents, n.openCalls, n.openTasks} {
		if err := open(ctx); err != nil {
			n.close()
			return nil, err
		}
	}
	n.calls.Observe(call.Observers{Changed: func(_ context.Context, c timbre.Call) { n.tasks.CallChanged(c) }})
	return &Stages{n.calls, n.tasks, n.store, n}, nil
}

// Close ends the calls and tasks and releases the models and the store.
func (s *Stages) Close(ctx context.Context) error {
	err := s.Calls.Shut(ctx, "the program ends")
	s.Tasks.Close()
	s.node.close()
	return err
}
