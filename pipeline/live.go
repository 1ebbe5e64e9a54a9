package pipeline

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
)

// live is a live pipeline. Its mutex is held through each change, from reading the state to having saved it.
type live struct {
	e         *Engine
	id, call  string       // of the pipeline, and of the call whose connector has created it: empty for one that the API has created
	lastMedia atomic.Int64 // time of the last frame on the steady clock, in nanoseconds since 1970; 0: none since waiting
	began     time.Time    // as the other times, on the steady clock: a wall clock that is set ends no pipeline

	mu      sync.Mutex
	over    bool // ended, deleted, or never saved
	begun   bool // a task has been started
	p       timbre.Pipeline
	tasks   []timbre.Task // started on the pipeline, that may still run
	taps    []func()      // detach the taps
	waiting time.Time     // since when the pipeline waits for media
	paused  time.Time     // since when it is paused, if it is
	orphan  time.Time     // when the call was first found to have ended; zero while it is live
	checked time.Time     // when the call was last looked for
	retryAt time.Time     // a change could not be saved: the next attempt
}

func newLive(e *Engine, p timbre.Pipeline) *live {
	l := &live{e: e, id: p.ID, began: e.env.Steady(), p: p}
	if p.ConnectorID != "" {
		l.call = p.TransactionID
	}
	return l
}

// change saves a modified pipeline with the event of its status, if any, and then makes it the current one. The caller holds
// the mutex.
func (l *live) change(ctx context.Context, modify func(p *timbre.Pipeline), status, reason string) error {
	p := l.p
	p.Elements = append([]timbre.ElementStatus(nil), p.Elements...)
	p.Updated = l.e.env.Now()
	modify(&p)
	var events []timbre.Event
	if status != "" {
		events = append(events, l.e.event(p, status, reason))
	}
	notices, err := l.e.deps.Announcer.Notices(ctx, events...)
	if err != nil {
		return err
	}
	if err := l.e.deps.Store.SavePipeline(ctx, p, notices); err != nil {
		return err
	}
	l.p = p
	return nil
}

// begin marks a pipeline on which a task has been started: it waits for media. The caller holds the mutex. The task runs
// already, so a change that cannot be saved is left to Run.
func (l *live) begin(ctx context.Context) {
	l.begun = true
	if l.p.Status() != timbre.PipelineNotStarted {
		return
	}
	if err := l.change(ctx, func(p *timbre.Pipeline) { setStatus(p, timbre.PipelineInitializing) }, "", ""); err != nil {
		l.logRetry(err)
		return
	}
	l.tapStreams()
}

func (l *live) logRetry(err error) {
	log := l.e.env.Log.Error
	if timbre.KindOf(err) == timbre.Unavailable { // the store says it once for all
		log = l.e.env.Log.Debug
	}
	log("saving a pipeline failed, retrying", "pipeline", l.p.ID, "error", err)
}

// end ends a pipeline and its tasks: Failed with a reason, Stopped without one. The caller holds the mutex.
func (l *live) end(ctx context.Context, reason string) error {
	err := l.change(ctx, func(p *timbre.Pipeline) { finish(p, reason) }, finalEvent(reason), reason)
	if err != nil {
		return err
	}
	l.close(ctx)
	return nil
}

// close releases what a pipeline holds. The caller holds the mutex.
func (l *live) close(ctx context.Context) {
	l.over = true
	l.untap()
	l.stopTasks(ctx)
	l.e.remove(l)
	l.e.raiseEnded(l.p)
}

// stopTasks stops the tasks that were started on the pipeline, if they are still running.
func (l *live) stopTasks(ctx context.Context) {
	for _, t := range l.tasks {
		err := l.e.deps.Tasks.Stop(ctx, t.Kind, l.p.ID, t.ID)
		if k := timbre.KindOf(err); err != nil && k != timbre.Unprocessable && k != timbre.NotFound {
			l.e.env.Log.Error("stopping a task of a pipeline failed", "pipeline", l.p.ID, "task", t.ID, "error", err)
		}
	}
	l.tasks = nil
}
