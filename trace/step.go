package trace

import (
	"time"

	"go.opentelemetry.io/otel/attribute"

	"timbre"
	"timbre/environment"
)

// Ended is an observer of calls.
func (r *Recorder) Ended(c timbre.Call, _ []*timbre.Reception) {
	r.record(step{
		name: "call", call: c.TransactionID, of: c.TransactionID, from: c.Started, to: c.Ended, failure: c.Failure,
		attributes: []attribute.KeyValue{
			attribute.String("timbre.transaction_id", c.TransactionID), attribute.String("timbre.connector_id", c.ConnectorID),
			attribute.String("sip.call_id", environment.Hide(c.CallID)), attribute.Int("timbre.legs", len(c.Legs)),
		},
	})
}

// TaskEnded is an observer of tasks.
func (r *Recorder) TaskEnded(t timbre.Task) {
	failure := ""
	if t.Status == timbre.Failed {
		failure = t.Message
	}
	r.record(step{
		name: t.Kind.String(), call: t.TransactionID, of: t.ID, within: t.TransactionID, from: t.Created, to: t.Ended, failure: failure,
		attributes: []attribute.KeyValue{attribute.String("timbre.task_id", t.ID), attribute.String("timbre.status", string(t.Status))},
	})
}

// PipelineEnded is an observer of pipelines.
func (r *Recorder) PipelineEnded(p timbre.Pipeline) {
	to := p.Ended
	if to.IsZero() { // it was deleted
		to = p.Updated
	}
	r.record(step{
		name: "pipeline", call: p.TransactionID, of: p.ID, within: p.TransactionID, from: p.Created, to: to, failure: p.Reason,
		attributes: []attribute.KeyValue{attribute.String("timbre.pipeline_id", p.ID), attribute.String("timbre.status", string(p.Status()))},
	})
}

// Settled is an observer of notifications: one has been delivered, or has become a dead letter for a reason.
func (r *Recorder) Settled(p timbre.Pending, at time.Time, failure string) {
	r.record(step{
		name: "notification", call: p.Call, of: p.ID + p.Target, within: p.Key, from: p.Created, to: at, failure: failure,
		attributes: []attribute.KeyValue{
			attribute.String("timbre.event_id", p.ID), attribute.String("timbre.target", p.Target), attribute.Int("timbre.attempts", p.Tries+1),
		},
	})
}
