package pipeline

import (
	"context"
	"slices"

	"timbre"
)

// The methods of this file are observers of calls and tasks. They report nothing back: what they cannot do is logged, or
// reported by an event.

// CallBegun creates the pipeline of a call that has just begun, if its connector's streaming configuration names one. The
// call continues whether that succeeds or not; the result is reported by an event.
func (e *Engine) CallBegun(ctx context.Context, c timbre.Call) {
	link := e.insightsLink(ctx, c)
	if link == nil {
		return
	}
	p := timbre.Pipeline{
		ConfigurationARN: link.ConfigurationARN, ConnectorID: c.ConnectorID, TransactionID: c.TransactionID,
		Encoding: "pcm", SampleRate: timbre.SampleRate, Streams: streams(c, nil),
		Metadata: map[string]string{
			"transactionId": c.TransactionID, "voiceConnectorId": c.ConnectorID, "callId": c.CallID,
			"fromNumber": c.From, "toNumber": c.To, "direction": c.Direction,
		},
	}
	configuration, err := e.deps.Store.Configuration(ctx, p.ConfigurationARN)
	if err == nil {
		_, err = e.create(ctx, p, configuration, func(p timbre.Pipeline) []timbre.Event {
			return []timbre.Event{e.event(p, timbre.InsightsCreated, ""), e.metadata(p, c, "")}
		})
	}
	if err != nil {
		e.reportCreateFailed(ctx, p, err)
	}
}

// insightsLink is the enabled link of the call's connector to a configuration; nil if there is none.
func (e *Engine) insightsLink(ctx context.Context, c timbre.Call) *timbre.InsightsLink {
	s, err := e.deps.Store.Streaming(ctx, c.ConnectorID)
	if err != nil {
		if timbre.KindOf(err) != timbre.NotFound {
			e.env.Log.Error("no pipeline created for a call: reading its connector failed", "transaction", c.TransactionID, "error", err)
		}
		return nil
	}
	if s.Disabled || s.Insights == nil || s.Insights.Disabled {
		return nil
	}
	return s.Insights
}

// CallChanged updates the streams of the pipeline that the connector has created for a call: a stream that has joined is
// added, and roles are set as they become known.
func (e *Engine) CallChanged(ctx context.Context, c timbre.Call) {
	for _, l := range e.ofCall(c.TransactionID) {
		if err := l.updateStreams(ctx, c); err != nil {
			e.env.Log.Error("updating the streams of a pipeline failed", "transaction", c.TransactionID, "error", err)
		}
	}
}

func (l *live) updateStreams(ctx context.Context, c timbre.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil
	}
	updated := streams(c, l.p.Streams)
	if slices.EqualFunc(updated, l.p.Streams, sameStream) {
		return nil
	}
	err := l.change(ctx, func(p *timbre.Pipeline) { p.Streams = updated }, "", "")
	if err == nil && l.taps != nil {
		l.tapStreams()
	}
	return err
}

func sameStream(a, b timbre.PipelineStream) bool {
	return a.ARN == b.ARN && slices.Equal(a.Defined, b.Defined)
}

// TaskStarted begins the pipeline that the connector has created for the call of a task. A task that was started on a
// pipeline has begun it already: see Start, which holds the mutex of that pipeline meanwhile.
func (e *Engine) TaskStarted(ctx context.Context, t timbre.Task) {
	if t.Source != nil {
		return
	}
	for _, l := range e.ofCall(t.TransactionID) {
		l.mu.Lock()
		if !l.over {
			l.begin(ctx)
		}
		l.mu.Unlock()
	}
}

// TaskDegraded records that the analysis of a task fails for now, and why; an empty reason: it works again or is over. Run
// reports it by the pipeline of the task. It does not block.
func (e *Engine) TaskDegraded(t timbre.Task, reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if reason == "" {
		delete(e.degraded, t.ID)
		return
	}
	e.degraded[t.ID] = degradedTask{t, reason}
}

// belongs says whether a task is part of a pipeline: one that was started on it, or, if the connector has created the
// pipeline for a call, one that was started on the connector for that call.
func belongs(t timbre.Task, p timbre.Pipeline) bool {
	if t.Source != nil {
		return t.Source.PipelineID == p.ID
	}
	return p.ConnectorID != "" && p.TransactionID == t.TransactionID
}
