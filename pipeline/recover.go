package pipeline

import (
	"context"
	"slices"

	"timbre"
)

const crashMessage = "the server stopped while the pipeline was in progress"

// Interrupted notes the pipelines that were live when the server crashed. Call it before any pipeline is created.
func (e *Engine) Interrupted(ctx context.Context) error {
	stale, err := e.deps.Store.LivePipelines(ctx)
	e.interrupted.Hold(stale, e.failInterrupted)
	return err
}

// Recover ends the pipelines that were live when the server crashed: those in progress have failed, the others are stopped.
// Requests may come meanwhile: a pipeline that one asks for is ended before it is answered. After an error Recover may be repeated.
func (e *Engine) Recover(ctx context.Context) error { return e.interrupted.SettleAll(ctx) }

// Free does something that is refused with a Conflict while pipelines are live. Those that a crash has cut do not count: they are ended
// before.
func (e *Engine) Free(ctx context.Context, do func() error) error {
	return e.interrupted.MakeRoom(ctx, timbre.Conflict, do)
}

// settled is a pipeline as it is after a crash: ended.
func (e *Engine) settled(ctx context.Context, p timbre.Pipeline) (timbre.Pipeline, error) {
	if !p.Ended.IsZero() {
		return p, nil
	}
	if err := e.interrupted.Settle(ctx, p.ID); err != nil {
		return p, err
	}
	return e.deps.Store.Pipeline(ctx, p.ID)
}

// failInterrupted ends pipelines in one transaction. One that cannot be read is passed over.
func (e *Engine) failInterrupted(ctx context.Context, ids []string) error {
	var ended []timbre.Ended[timbre.Pipeline]
	for _, id := range ids {
		p, err := e.deps.Store.Pipeline(ctx, id)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			e.env.Log.Error("a pipeline that was live when the server stopped cannot be read, and is passed over", "pipeline", id, "error", err)
			continue
		}
		if !p.Ended.IsZero() {
			continue
		}
		one, err := e.failed(ctx, p)
		if err != nil {
			return err
		}
		ended = append(ended, one)
	}
	if err := e.deps.Store.EndPipelines(ctx, ended); err != nil {
		return err
	}
	for _, one := range ended {
		e.raiseEnded(one.Item)
	}
	return nil
}

// failed is a pipeline after the crash, with the notices of that.
func (e *Engine) failed(ctx context.Context, p timbre.Pipeline) (ended timbre.Ended[timbre.Pipeline], err error) {
	reason := ""
	if s := p.Status(); s == timbre.PipelineInProgress || s == timbre.PipelineInitializing {
		reason = crashMessage
	}
	p.Elements, p.Updated = slices.Clone(p.Elements), e.env.Now()
	finish(&p, reason)
	ended.Item = p
	ended.Notices, err = e.deps.Announcer.Notices(ctx, e.event(p, finalEvent(reason), reason))
	return ended, err
}
