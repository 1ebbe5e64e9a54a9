package pipeline

import (
	"context"

	"timbre"
)

// trouble is a failure of a task's analysis that may pass.
type trouble struct {
	task timbre.Task
	why  string
}

// Trouble is told that the analysis of a task fails for now, and why; or, with an empty why, that it works again or is over.
// The next look at the task's pipeline tells it to the outside. It waits for nothing that waits for a task.
func (e *Engine) Trouble(t timbre.Task, why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if why == "" {
		delete(e.troubles, t.ID)
		return
	}
	e.troubles[t.ID] = trouble{t, why}
}

// troubleOf is why the analysis of a pipeline fails for now: of a task that was started on it, or, when the connector has
// made it for a call, on the connector for that call. Empty: it does not fail.
func (e *Engine) troubleOf(p timbre.Pipeline) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	why := ""
	for _, t := range e.troubles {
		if analyses(p, t.task) && (why == "" || t.why < why) {
			why = t.why
		}
	}
	return why
}

// analyses says whether a task belongs to the analysis of a pipeline.
func analyses(p timbre.Pipeline, t timbre.Task) bool {
	if t.Source != nil {
		return t.Source.PipelineID == p.ID
	}
	return p.ConnectorID != "" && p.TransactionID == t.TransactionID
}

// troubleIn is what the pipeline's elements say of it.
func troubleIn(p timbre.Pipeline) string {
	for _, e := range p.Elements {
		if e.Status == timbre.PipelineTroubled {
			return e.Detail
		}
	}
	return ""
}

// trouble tells that the analysis fails for now, or works again. The caller holds the mutex.
func (l *life) trouble(ctx context.Context, why string) error {
	if why == "" {
		return l.change(ctx, func(p *timbre.Pipeline) { set(p, timbre.PipelineInProgress) }, timbre.InsightsInProgress, "")
	}
	return l.change(ctx, func(p *timbre.Pipeline) {
		set(p, timbre.PipelineTroubled)
		for i := range p.Elements {
			if e := &p.Elements[i]; e.Status == timbre.PipelineTroubled {
				e.Detail = why
			}
		}
	}, timbre.InsightsTroubled, why)
}
