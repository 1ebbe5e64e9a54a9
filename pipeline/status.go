package pipeline

import (
	"time"

	"timbre"
)

// setStatus sets the status of the supported elements.
func setStatus(p *timbre.Pipeline, s timbre.PipelineStatus) {
	for i := range p.Elements {
		if e := &p.Elements[i]; e.Status != timbre.PipelineNotSupported && e.Status != s {
			e.Status, e.Detail, e.Updated = s, "", p.Updated
		}
	}
}

// finish ends a pipeline at its Updated: Failed with a reason, Stopped without one. A failure concerns the elements that were
// active.
func finish(p *timbre.Pipeline, reason string) {
	p.Ended, p.Reason, p.Paused = p.Updated, reason, time.Time{}
	for i := range p.Elements {
		e := &p.Elements[i]
		if e.Status == timbre.PipelineNotSupported {
			continue
		}
		final := timbre.PipelineStopped
		if reason != "" && active(e.Status) {
			final = timbre.PipelineFailed
		}
		e.Status, e.Detail, e.Updated = final, "", p.Updated
	}
}

func active(s timbre.PipelineStatus) bool {
	return s == timbre.PipelineInitializing || s == timbre.PipelineInProgress || s == timbre.PipelineTemporarilyFailed
}

// finalEvent is the event of a pipeline that has ended.
func finalEvent(reason string) string {
	if reason != "" {
		return timbre.InsightsFailed
	}
	return timbre.InsightsStopped
}
