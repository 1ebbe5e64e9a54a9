package pipeline

import (
	"context"

	"timbre"
)

// Start starts a task on a stream of a pipeline. It reads Kind, DomainID and Token of t, and StreamARN, Channel and Fragment
// of its Source; a Source without StreamARN means the only stream of the pipeline. NotFound: the pipeline, the domain or the
// stream does not exist, or the stream has ended. Invalid: the stream has not reached the fragment. Conflict: the pipeline is
// paused or has ended, its configuration has no voice analytics of the kind, or such a task is active on the stream. Tokens
// are as for tasks on a connector.
func (e *Engine) Start(ctx context.Context, identifier string, t timbre.Task) (timbre.Task, error) {
	p, _, err := e.find(ctx, identifier)
	if err != nil {
		return timbre.Task{}, err
	}
	if t.Source, err = completeSource(p, *t.Source); err != nil {
		return timbre.Task{}, err
	}
	t.TransactionID = p.TransactionID
	if first, used, err := e.deps.Tasks.Repeated(ctx, t); used || err != nil {
		return first, err
	}
	const op = "pipeline.Start"
	err = e.withLive(ctx, op, p.ID, func(l *live) error {
		t, err = l.start(ctx, t)
		return err
	})
	if timbre.KindOf(err) == timbre.Limit {
		err = &timbre.Error{Kind: timbre.Conflict, Op: op, Msg: "a task of the kind is active on the stream", Err: err}
	}
	if err != nil {
		return timbre.Task{}, err
	}
	return t, nil
}

// start starts a task on a live pipeline. The caller holds the mutex.
func (l *live) start(ctx context.Context, t timbre.Task) (timbre.Task, error) {
	if l.p.Status() == timbre.PipelinePaused {
		return t, timbre.Errorf(timbre.Conflict, "pipeline.Start", "the pipeline is paused")
	}
	if err := l.e.checkAnalytics(ctx, l.p, t.Kind); err != nil {
		return t, err
	}
	t, err := l.e.deps.Tasks.Start(ctx, t)
	if err != nil {
		return t, err
	}
	l.tasks = append(l.tasks, t)
	l.begin(ctx)
	return t, nil
}

// completeSource completes the source of a task.
func completeSource(p timbre.Pipeline, s timbre.PipelineSource) (*timbre.PipelineSource, error) {
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

// checkAnalytics checks that the current configuration of a pipeline has voice analytics of a kind.
func (e *Engine) checkAnalytics(ctx context.Context, p timbre.Pipeline, kind timbre.TaskKind) error {
	c, err := e.deps.Store.Configuration(ctx, p.ConfigurationARN)
	if err != nil {
		return err
	}
	if !c.Analyses(kind) {
		return timbre.Errorf(timbre.Conflict, "pipeline.Start", "the pipeline's configuration has no voice analytics processor with %s enabled", kind)
	}
	return nil
}

// Task returns a task that was started on a pipeline.
func (e *Engine) Task(ctx context.Context, kind timbre.TaskKind, identifier, id string) (timbre.Task, error) {
	p, err := e.Pipeline(ctx, identifier)
	if err != nil {
		return timbre.Task{}, err
	}
	return e.deps.Tasks.Get(ctx, kind, p.ID, id)
}

// Stop ends a task that was started on a pipeline. The pipeline continues.
func (e *Engine) Stop(ctx context.Context, kind timbre.TaskKind, identifier, id string) error {
	p, err := e.Pipeline(ctx, identifier)
	if err != nil {
		return err
	}
	return e.deps.Tasks.Stop(ctx, kind, p.ID, id)
}
