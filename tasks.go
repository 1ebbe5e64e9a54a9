package timbre

import "context"

// TaskReader reads a task from the store: NotFound if there is none of the kind and id.
type TaskReader interface {
	Task(ctx context.Context, kind TaskKind, id string) (Task, error)
}

// Tasks reads and writes tasks. A task's voiceprint is encrypted under the key of its domain; when the domain is gone, it is
// not kept. Once the store has erased it, saving the task does not restore it. ProfileID is written by EnrolProfile alone.
type Tasks interface {
	TaskReader
	// CreateTask: Limit if a task of the kind is active on the transaction (for tasks started on a pipeline: on the same
	// stream of the pipeline); Conflict if a task of the kind has the token.
	CreateTask(ctx context.Context, t Task) error
	// SaveTask replaces a task and posts notices in the same transaction. Limit as in CreateTask. ID, Kind, TransactionID and
	// Token never change; NotFound if no task has all four.
	SaveTask(ctx context.Context, t Task, notices []Notice) error
	// TaskByToken finds the task that was started with a ClientRequestToken.
	TaskByToken(ctx context.Context, kind TaskKind, token string) (Task, error)
	TaskEnder
}

// TaskEnder ends the tasks that nothing runs any more.
type TaskEnder interface {
	// ActiveTasks names the tasks that have not ended, the oldest first.
	ActiveTasks(ctx context.Context) ([]TaskRef, error)
	// EndTasks is SaveTask for several tasks, in one transaction: all of them or none. One that is gone is skipped.
	EndTasks(ctx context.Context, ended []Ended[Task]) error
}

// TaskRef names a task.
type TaskRef struct {
	Kind TaskKind
	ID   string
}

// TaskControl starts, reads and stops tasks. Owner is the connector or pipeline that a task was started on.
type TaskControl interface {
	TaskStopper
	Start(ctx context.Context, t Task) (Task, error)
	Get(ctx context.Context, kind TaskKind, owner, id string) (Task, error)
}

// TaskStopper stops tasks.
type TaskStopper interface {
	Stop(ctx context.Context, kind TaskKind, owner, id string) error
}
