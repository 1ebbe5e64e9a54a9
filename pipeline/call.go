package pipeline

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"timbre"
)

// most is how many streams a pipeline takes.
const most = 2

// Begun makes the pipeline of a call that has just begun, when its connector's configuration names one. The call goes on
// whether that succeeds or not; what came of it is told.
func (e *Engine) Begun(ctx context.Context, txid string) {
	call, live := e.Calls.Call(txid)
	if !live {
		return
	}
	s, err := e.Store.Streaming(ctx, call.ConnectorID)
	if err != nil || s.Disabled || s.Insights == nil || s.Insights.Disabled {
		if err != nil && timbre.KindOf(err) != timbre.NotFound {
			e.Log.Error("a call has no pipeline: its connector cannot be read", "transaction", txid, "error", err)
		}
		return
	}
	p := timbre.Pipeline{
		ConfigurationARN: s.Insights.ConfigurationARN, ConnectorID: call.ConnectorID, TransactionID: txid,
		Encoding: "pcm", SampleRate: timbre.SampleRate, Streams: streams(call, nil),
		Metadata: map[string]string{
			"transactionId": txid, "voiceConnectorId": call.ConnectorID, "callId": call.CallID,
			"fromNumber": call.From, "toNumber": call.To, "direction": call.Direction,
		},
	}
	c, err := e.Store.Configuration(ctx, p.ConfigurationARN)
	if err == nil {
		_, err = e.create(ctx, p, c, func(p timbre.Pipeline) []timbre.Event {
			return []timbre.Event{e.event(p, timbre.InsightsCreated, "")}
		})
	}
	if err != nil {
		e.unmade(ctx, p, err)
	}
}

// unmade tells that a call has no pipeline.
func (e *Engine) unmade(ctx context.Context, p timbre.Pipeline, why error) {
	e.Log.Error("a call has no pipeline", "transaction", p.TransactionID, "configuration", p.ConfigurationARN, "error", why)
	told := e.event(p, timbre.InsightsCreateFailed, "the pipeline could not be made on this server")
	told.Kind = timbre.KindOf(why)
	switch cause := (*timbre.Error)(nil); {
	case told.Kind == timbre.NotFound:
		told.StatusMessage = "the call analytics configuration does not exist"
	case told.Kind != timbre.Internal && errors.As(why, &cause):
		told.StatusMessage = cause.Msg
	}
	notices, err := e.Announcer.Notices(ctx, told)
	if err == nil {
		err = e.Store.Post(ctx, notices)
	}
	if err != nil {
		e.Log.Error("it cannot be told that a call has no pipeline", "transaction", p.TransactionID, "error", err)
	}
}

// Changed looks at the legs of a call again, which a re-INVITE may have added to, or told more of: a new stream gets its
// place in the pipeline that the connector has made for the call, while there is one.
func (e *Engine) Changed(ctx context.Context, txid string) {
	call, live := e.Calls.Call(txid)
	if !live {
		return
	}
	for _, l := range e.lives() {
		if err := l.follow(ctx, call); err != nil {
			e.Log.Error("a pipeline does not take the new streams of its call", "transaction", txid, "error", err)
		}
	}
}

// follow brings the streams of a connector's own pipeline up to what the call has.
func (l *life) follow(ctx context.Context, call timbre.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over || l.p.ConnectorID == "" || l.p.TransactionID != call.TransactionID {
		return nil
	}
	now := streams(call, l.p.Streams)
	if slices.EqualFunc(now, l.p.Streams, func(a, b timbre.PipelineStream) bool {
		return a.ARN == b.ARN && slices.Equal(a.Defined, b.Defined)
	}) {
		return nil
	}
	err := l.change(ctx, func(p *timbre.Pipeline) { p.Streams = now }, "", "")
	if err == nil && l.taps != nil {
		l.listen()
	}
	return err
}

// streams are those of a call in the order of their channels: the connector's own side, the agent, is channel 0, the other
// one 1. A pipeline takes two at most: those that it had, and before others those of whom it is known whose they are.
func streams(c timbre.Call, had []timbre.PipelineStream) (list []timbre.PipelineStream) {
	rank := map[string]int{"AGENT": 1, "CUSTOMER": 2, "": 3}
	role := func(s timbre.PipelineStream) int { return rank[s.Defined[0].Role] }
	place := func(s timbre.PipelineStream) int {
		if slices.ContainsFunc(had, func(h timbre.PipelineStream) bool { return h.ARN == s.ARN }) {
			return 0
		}
		return role(s)
	}
	for _, l := range c.Legs {
		channel := timbre.Channel{}
		switch l.Side {
		case timbre.Callee:
			channel.Role = "AGENT"
		case timbre.Caller:
			channel = timbre.Channel{ID: 1, Role: "CUSTOMER"}
		}
		list = append(list, timbre.PipelineStream{ARN: l.StreamARN, Channels: 1, Defined: []timbre.Channel{channel}})
	}
	slices.SortStableFunc(list, func(a, b timbre.PipelineStream) int { return cmp.Compare(place(a), place(b)) })
	list = list[:min(len(list), most)]
	slices.SortStableFunc(list, func(a, b timbre.PipelineStream) int { return cmp.Compare(role(a), role(b)) })
	return list
}
