package task

import (
	"context"

	"timbre"
)

// Observers are called when something happens to the tasks of an engine that other stages act on. Nil functions are skipped.
// Their arguments are values, so that an engine that shares the tasks of several nodes can raise them for those of others,
// from a goroutine of its own. They must therefore be safe for concurrent use.
type Observers struct {
	// Started: a task has been saved and receives audio. It is called in the goroutine of Start, which holds no lock, and
	// before Start returns; the first results of the task may come earlier. A repeated Start with the same token raises
	// nothing.
	Started func(ctx context.Context, t timbre.Task)
	// Degraded: the analysis of a task fails for now and is retried, with the reason; with an empty one, it works again or the
	// task is over. The calls for one task come one at a time and in order, from the goroutines of the task and of its audio;
	// t is the task as it was started. An observer must not block, and must not call the engine.
	Degraded func(t timbre.Task, reason string)
	// Heard: a stretch of speech has come to a task from a leg of its call. It is called in the goroutine of the leg's VAD for every
	// stretch of every task, must not block, and must not keep the PCM.
	Heard func(of timbre.TaskRef, transactionID string, leg int, s timbre.Speech)
	// Ended: a task is over, and that is saved. It is called in the goroutine of the task, and must not block.
	Ended func(t timbre.Task)
}

// Observe adds observers to those that were added before. Call it before the first task is started.
func (e *Engine) Observe(o Observers) { e.observers = append(e.observers, o) }

func (e *Engine) raiseStarted(ctx context.Context, t timbre.Task) {
	for _, o := range e.observers {
		if o.Started != nil {
			o.Started(ctx, t)
		}
	}
}

func (e *Engine) raiseDegraded(t timbre.Task, reason string) {
	for _, o := range e.observers {
		if o.Degraded != nil {
			o.Degraded(t, reason)
		}
	}
}

func (e *Engine) raiseHeard(of timbre.TaskRef, transactionID string, leg int, s timbre.Speech) {
	for _, o := range e.observers {
		if o.Heard != nil {
			o.Heard(of, transactionID, leg, s)
		}
	}
}

func (e *Engine) raiseEnded(t timbre.Task) {
	for _, o := range e.observers {
		if o.Ended != nil {
			o.Ended(t)
		}
	}
}
