package pipeline

import (
	"context"

	"timbre"
)

// degradedTask is a task whose analysis fails for now.
type degradedTask struct {
	task   timbre.Task
	reason string
}

// degradation is why the analysis of a pipeline fails for now, by one of its tasks. Empty: it does not fail.
func (e *Engine) degradation(p timbre.Pipeline) (reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, d := range e.degraded {
		if belongs(d.task, p) && (reason == "" || d.reason < reason) {
			reason = d.reason
		}
	}
	return reason
}

// failureDetail is why an element of the pipeline is TemporarilyFailed. Empty: none is.
func failureDetail(p timbre.Pipeline) string {
	for _, e := range p.Elements {
		if e.Status == timbre.PipelineTemporarilyFailed {
			return e.Detail
		}
	}
	return ""
}

// setDegraded reports that the analysis fails for now, or with an empty reason that it works again. The caller holds the
// mutex.
func (l *live) setDegraded(ctx context.Context, reason string) error {
	if reason == "" {
		return l.change(ctx, func(p *timbre.Pipeline) { setStatus(p, timbre.PipelineInProgress) }, timbre.InsightsInProgress, "")
	}
	return l.change(ctx, func(p *timbre.Pipeline) {
		setStatus(p, timbre.PipelineTemporarilyFailed)
		for i := range p.Elements {
			if e := &p.Elements[i]; e.Status == timbre.PipelineTemporarilyFailed {
				e.Detail = reason
			}
		}
	}, timbre.InsightsTemporaryFailure, reason)
}
