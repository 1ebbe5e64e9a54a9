package pipeline

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"timbre"
)

// life is a live pipeline. Its mutex is held through each change, from reading the state to having written it down.
type life struct {
	e     *Engine
	heard atomic.Int64 // when media came last, in nanoseconds since 1970; 0: not since it was asked for

	mu      sync.Mutex
	over    bool // ended, deleted, or never written down
	began   bool // a task has been started
	p       timbre.Pipeline
	started []timbre.Task // on the pipeline, that may still run
	taps    []func()      // that end the listening
	since   time.Time     // when the wait for media began
	gone    time.Time     // when the call was first found over; zero while it lives
	leave   time.Time     // until then: a change could not be written down
}

// Frame notes that media comes. It is called from the path of the packets.
func (l *life) Frame(timbre.Frame) { l.heard.Store(l.e.Now().UnixNano()) }

// End of a leg is silence like any other.
func (l *life) End() {}

// change writes a new state of the pipeline down, with the events that tell of it, and only then lets it be. The caller
// holds the mutex.
func (l *life) change(ctx context.Context, do func(p *timbre.Pipeline), status, why string) error {
	p := l.p
	p.Elements = append([]timbre.ElementStatus(nil), p.Elements...)
	p.Updated = l.e.Now()
	do(&p)
	var events []timbre.Event
	if status != "" {
		events = append(events, l.e.event(p, status, why))
	}
	notices, err := l.e.Announcer.Notices(ctx, events...)
	if err != nil {
		return err
	}
	if err := l.e.Store.SavePipeline(ctx, p, notices); err != nil {
		return err
	}
	l.p = p
	return nil
}

// set puts the elements that are supported to a status.
func set(p *timbre.Pipeline, s timbre.PipelineStatus) {
	for i := range p.Elements {
		if e := &p.Elements[i]; e.Status != timbre.PipelineNotSupported && e.Status != s {
			e.Status, e.Detail, e.Updated = s, "", p.Updated
		}
	}
}

// begin is what a task, the first of all, does to a pipeline: it waits for media. The caller holds the mutex. The task
// runs already, so that a change that cannot be written down now is left to the next look at the pipeline.
func (l *life) begin(ctx context.Context) {
	l.began = true
	if l.p.Status() != timbre.PipelineNotStarted {
		return
	}
	if err := l.change(ctx, func(p *timbre.Pipeline) { set(p, timbre.PipelineInitializing) }, "", ""); err != nil {
		l.e.Log.Error("a pipeline's change could not be written down, and will be tried again", "pipeline", l.p.ID, "error", err)
		return
	}
	l.listen()
}

// listen waits for the media of the streams from now on.
func (l *life) listen() {
	l.quiet()
	l.heard.Store(0)
	l.since = l.e.Now()
	call, live := l.e.Calls.Call(l.p.TransactionID)
	if !live {
		return
	}
	for i, leg := range call.Legs {
		if l.p.Stream(leg.StreamARN) == nil {
			continue
		}
		if stop, err := l.e.Calls.Tap(l.p.TransactionID, i, l); err == nil { // else the call has ended a moment ago
			l.taps = append(l.taps, stop)
		}
	}
}

func (l *life) quiet() {
	for _, stop := range l.taps {
		stop()
	}
	l.taps = nil
}

// end stops a pipeline and its tasks for good: failed with a reason, stopped without one. The caller holds the mutex.
func (l *life) end(ctx context.Context, why string) error {
	err := l.change(ctx, func(p *timbre.Pipeline) { finish(p, why) }, ending(why), why)
	if err != nil {
		return err
	}
	l.close(ctx)
	return nil
}

// finish is the state of a pipeline that is over.
func finish(p *timbre.Pipeline, why string) {
	p.Ended, p.Reason, p.Paused = p.Updated, why, time.Time{}
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Status == timbre.PipelineNotSupported {
			continue
		}
		was := e.Status
		e.Status, e.Detail, e.Updated = timbre.PipelineStopped, "", p.Updated
		if why != "" && (was == timbre.PipelineInProgress || was == timbre.PipelineTroubled || was == timbre.PipelineInitializing) {
			e.Status = timbre.PipelineFailed
		}
	}
}

func ending(why string) string {
	if why != "" {
		return timbre.InsightsFailed
	}
	return timbre.InsightsStopped
}

// close lets go of what a pipeline holds.
func (l *life) close(ctx context.Context) {
	l.over = true
	l.quiet()
	l.stopTasks(ctx)
	l.e.remove(l.p.ID)
}

// stopTasks ends the tasks that were started on the pipeline. Those that have ended by themselves are as they are.
func (l *life) stopTasks(ctx context.Context) {
	for _, t := range l.started {
		err := l.e.Tasks.Stop(ctx, t.Kind, l.p.ID, t.ID)
		if k := timbre.KindOf(err); err != nil && k != timbre.Unprocessable && k != timbre.NotFound {
			l.e.Log.Error("a pipeline's task cannot be stopped", "pipeline", l.p.ID, "task", t.ID, "error", err)
		}
	}
	l.started = nil
}

func (e *Engine) event(p timbre.Pipeline, status, why string) timbre.Event {
	return timbre.Event{
		ID: "Id-" + e.NewID(), Type: timbre.PipelineState, Status: status, StatusMessage: why, Time: e.Now(), Pipeline: &p,
		Call: timbre.Call{ConnectorID: p.ConnectorID, TransactionID: p.TransactionID},
	}
}
