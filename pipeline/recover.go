package pipeline

import (
	"context"
	"errors"

	"timbre"
)

const crashMessage = "the server stopped while the pipeline was in progress"

// Recover ends the pipelines that were live when the server crashed: those in progress have failed, the others are stopped.
// Call it before any pipeline is created.
func (e *Engine) Recover(ctx context.Context) error {
	stale, err := e.deps.Store.LivePipelines(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range stale {
		reason := ""
		if s := p.Status(); s == timbre.PipelineInProgress || s == timbre.PipelineInitializing {
			reason = crashMessage
		}
		l := &live{e: e, p: p}
		failed = append(failed, l.change(ctx, func(p *timbre.Pipeline) { finish(p, reason) }, finalEvent(reason), reason))
	}
	return errors.Join(failed...)
}
