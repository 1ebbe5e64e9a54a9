package pipeline

import (
	"context"
	"time"

	"timbre"
)

// Pause stops the tasks that were started on a pipeline, and refuses others until Resume. Tasks that were started on the
// connector continue. NotFound: the pipeline does not exist. Conflict: it has ended or is paused.
func (e *Engine) Pause(ctx context.Context, identifier string) error {
	return e.withLive(ctx, "pipeline.Pause", identifier, func(l *live) error {
		if l.p.Status() == timbre.PipelinePaused {
			return timbre.Errorf(timbre.Conflict, "pipeline.Pause", "the pipeline is paused")
		}
		err := l.change(ctx, func(p *timbre.Pipeline) {
			p.Paused = p.Updated
			setStatus(p, timbre.PipelinePaused)
		}, timbre.InsightsPaused, "")
		if err != nil {
			return err
		}
		l.paused = l.e.env.Steady()
		l.untap()
		l.stopTasks(ctx)
		return nil
	})
}

// Resume lets a paused pipeline accept tasks again. The tasks that Pause has stopped stay so. A pipeline on which a task was
// ever started is in progress again from the next media on.
func (e *Engine) Resume(ctx context.Context, identifier string) error {
	return e.withLive(ctx, "pipeline.Resume", identifier, func(l *live) error {
		if l.p.Status() != timbre.PipelinePaused {
			return timbre.Errorf(timbre.Conflict, "pipeline.Resume", "the pipeline is not paused")
		}
		next := timbre.PipelineNotStarted
		if l.begun {
			next = timbre.PipelineInitializing
		}
		err := l.change(ctx, func(p *timbre.Pipeline) {
			p.Paused = time.Time{}
			setStatus(p, next)
		}, "", "")
		if err == nil && l.begun {
			l.tapStreams()
		}
		return err
	})
}

// Delete ends a pipeline with its tasks and deletes it. The voiceprints of the tasks can still be enrolled.
func (e *Engine) Delete(ctx context.Context, identifier string) error {
	p, l, err := e.find(ctx, identifier)
	if err != nil {
		return err
	}
	if l == nil {
		return e.deps.Store.DeletePipeline(ctx, p.ID, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over { // it has just ended, and its event is sent
		return e.deps.Store.DeletePipeline(ctx, p.ID, nil)
	}
	last := l.p
	last.Updated = e.env.Now()
	last.Elements = append([]timbre.ElementStatus(nil), last.Elements...)
	finish(&last, "")
	notices, err := e.deps.Announcer.Notices(ctx, e.event(last, timbre.InsightsStopped, ""))
	if err != nil {
		return err
	}
	if err := e.deps.Store.DeletePipeline(ctx, p.ID, notices); err != nil {
		return err
	}
	l.p = last
	l.close(ctx)
	return nil
}

// withLive calls do for a live pipeline, whose mutex it holds meanwhile. Conflict if the pipeline has ended.
func (e *Engine) withLive(ctx context.Context, op, identifier string, do func(*live) error) error {
	_, l, err := e.find(ctx, identifier)
	if err != nil {
		return err
	}
	ended := timbre.Errorf(timbre.Conflict, op, "the pipeline has ended")
	if l == nil {
		return ended
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return ended
	}
	return do(l)
}
