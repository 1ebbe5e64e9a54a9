package pipeline

import (
	"context"
	"time"

	"timbre"
)

// Pause stops the tasks that were started on a pipeline, and lets it take no others until Resume. Tasks that were started
// on the connector go on. NotFound: there is no such pipeline. Conflict: it has ended or is paused.
func (e *Engine) Pause(ctx context.Context, identifier string) error {
	return e.hold(ctx, "pipeline.Pause", identifier, func(l *life) error {
		if l.p.Status() == timbre.PipelinePaused {
			return timbre.Errorf(timbre.Conflict, "pipeline.Pause", "the pipeline is paused")
		}
		err := l.change(ctx, func(p *timbre.Pipeline) {
			p.Paused = p.Updated
			set(p, timbre.PipelinePaused)
		}, timbre.InsightsPaused, "")
		if err != nil {
			return err
		}
		l.quiet()
		l.stopTasks(ctx)
		return nil
	})
}

// Resume lets a paused pipeline take tasks again. Those that Pause has stopped stay so. Where tasks have been started, it
// is in progress again from the next media on.
func (e *Engine) Resume(ctx context.Context, identifier string) error {
	return e.hold(ctx, "pipeline.Resume", identifier, func(l *life) error {
		if l.p.Status() != timbre.PipelinePaused {
			return timbre.Errorf(timbre.Conflict, "pipeline.Resume", "the pipeline is not paused")
		}
		next := timbre.PipelineNotStarted
		if l.began {
			next = timbre.PipelineInitializing
		}
		err := l.change(ctx, func(p *timbre.Pipeline) {
			p.Paused = time.Time{}
			set(p, next)
		}, "", "")
		if err == nil && l.began {
			l.listen()
		}
		return err
	})
}

// Delete ends a pipeline with its tasks and forgets it. What came of the tasks can still be enrolled.
func (e *Engine) Delete(ctx context.Context, identifier string) error {
	p, l, err := e.find(ctx, identifier)
	if err != nil {
		return err
	}
	if l == nil {
		return e.Store.DeletePipeline(ctx, p.ID, nil)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over { // it has ended a moment ago, and that has been told
		return e.Store.DeletePipeline(ctx, p.ID, nil)
	}
	last := l.p
	last.Updated = e.Now()
	last.Elements = append([]timbre.ElementStatus(nil), last.Elements...)
	finish(&last, "")
	notices, err := e.Announcer.Notices(ctx, e.event(last, timbre.InsightsStopped, ""))
	if err != nil {
		return err
	}
	if err := e.Store.DeletePipeline(ctx, p.ID, notices); err != nil {
		return err
	}
	l.p = last
	l.close(ctx)
	return nil
}

// hold does something to a live pipeline while nothing else does.
func (e *Engine) hold(ctx context.Context, op, identifier string, do func(*life) error) error {
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

// Start starts a task on a stream of a pipeline. Of t, Kind, DomainID and Token are read, and of its Source StreamARN,
// Channel and Fragment; a Source without StreamARN means the only stream of the pipeline. NotFound: there is no such
// pipeline, domain or stream of it, or the stream has ended. Invalid: the stream has no such fragment yet. Conflict: the pipeline is paused or has ended, has no voice
// analytics of the kind, or such a task is active on the stream. Tokens are as for tasks on a connector.
func (e *Engine) Start(ctx context.Context, identifier string, t timbre.Task) (timbre.Task, error) {
	const op = "pipeline.Start"
	p, _, err := e.find(ctx, identifier)
	if err != nil {
		return timbre.Task{}, err
	}
	if t.Source, err = source(p, *t.Source); err != nil {
		return timbre.Task{}, err
	}
	t.TransactionID = p.TransactionID
	if first, used, err := e.Tasks.Repeated(ctx, t); used || err != nil {
		return first, err
	}
	err = e.hold(ctx, op, p.ID, func(l *life) error {
		if l.p.Status() == timbre.PipelinePaused {
			return timbre.Errorf(timbre.Conflict, op, "the pipeline is paused")
		}
		if err := e.allows(ctx, l.p, t.Kind); err != nil {
			return err
		}
		if t, err = e.Tasks.Start(ctx, t); err != nil {
			return err
		}
		l.started = append(l.started, t)
		l.begin(ctx)
		return nil
	})
	if timbre.KindOf(err) == timbre.Limit {
		err = &timbre.Error{Kind: timbre.Conflict, Op: op, Msg: "a task of the kind is active on the stream", Err: err}
	}
	if err != nil {
		return timbre.Task{}, err
	}
	return t, nil
}

// source completes what a task is to listen to.
func source(p timbre.Pipeline, s timbre.PipelineSource) (*timbre.PipelineSource, error) {
	const op = "pipeline.Start"
	if s.StreamARN == "" {
		if len(p.Streams) != 1 {
			return nil, timbre.Errorf(timbre.Invalid, op, "the pipeline has %d streams: KinesisVideoStreamSourceTaskConfiguration must name one", len(p.Streams))
		}
		s.StreamARN = p.Streams[0].ARN
		if d := p.Streams[0].Defined; len(d) > 0 {
			s.Channel = d[0].ID
		}
	}
	stream := p.Stream(s.StreamARN)
	if stream == nil {
		return nil, timbre.Errorf(timbre.NotFound, op, "the pipeline has no such stream")
	}
	role, ok := stream.Role(s.Channel)
	if !ok {
		return nil, timbre.Errorf(timbre.Invalid, op, "the stream has no channel %d", s.Channel)
	}
	s.PipelineID, s.PipelineARN, s.ConfigurationARN, s.Role = p.ID, p.ARN, p.ConfigurationARN, role
	return &s, nil
}

// allows says whether a pipeline's configuration, as it is now, has voice analytics of a kind.
func (e *Engine) allows(ctx context.Context, p timbre.Pipeline, kind timbre.TaskKind) error {
	c, err := e.Store.Configuration(ctx, p.ConfigurationARN)
	if err != nil {
		return err
	}
	if !c.Analyses(kind) {
		return timbre.Errorf(timbre.Conflict, "pipeline.Start", "the pipeline's configuration has no voice analytics processor, or %s disabled in it", kind)
	}
	return nil
}

// Task gives a task that was started on a pipeline.
func (e *Engine) Task(ctx context.Context, kind timbre.TaskKind, identifier, id string) (timbre.Task, error) {
	p, err := e.Store.Pipeline(ctx, identifier)
	if err != nil {
		return timbre.Task{}, err
	}
	return e.Tasks.Get(ctx, kind, p.ID, id)
}

// Stop ends a task that was started on a pipeline. The pipeline goes on.
func (e *Engine) Stop(ctx context.Context, kind timbre.TaskKind, identifier, id string) error {
	p, err := e.Store.Pipeline(ctx, identifier)
	if err != nil {
		return err
	}
	return e.Tasks.Stop(ctx, kind, p.ID, id)
}

// Started is told of a task that was started on the connector: the pipeline that the connector has made for the call
// begins with it.
func (e *Engine) Started(ctx context.Context, t timbre.Task) {
	for _, l := range e.lives() {
		l.mu.Lock()
		if !l.over && analyses(l.p, t) {
			l.begin(ctx)
		}
		l.mu.Unlock()
	}
}
