package event

import (
	"context"
	"slices"

	"timbre"
)

// sinks are the elements of a configuration that take voice analytics events.
var sinks = []string{"SqsQueueSink", "SnsTopicSink", "LambdaFunctionSink", "KinesisDataStreamSink"}

// targets are those that are to be told of an event, none twice.
func (a *Announcer) targets(ctx context.Context, e timbre.Event) ([]string, error) {
	switch {
	case e.Pipeline != nil:
		return a.busTargets(ctx, e), nil
	case e.Source != nil:
		return a.pipelineTargets(ctx, e)
	}
	s, err := a.routes.Streaming(ctx, e.Call.ConnectorID)
	switch {
	case absent(err):
		return a.nobody(ctx, e, "the connector has no streaming configuration"), nil
	case err != nil:
		return nil, err
	case e.Type == timbre.StreamingStatus:
		return a.streamingTargets(ctx, e, s), nil
	}
	return a.analyticsTargets(ctx, e, s)
}

// streamingTargets are the kinds of target that the connector names, as far as the settings say where each is.
func (a *Announcer) streamingTargets(ctx context.Context, e timbre.Event, s timbre.Streaming) (targets []string) {
	if s.Disabled {
		return a.nobody(ctx, e, "the connector's streaming is disabled")
	}
	for _, name := range s.Targets {
		if place := a.Streaming[name]; place != "" && !slices.Contains(targets, place) {
			targets = append(targets, place)
		}
	}
	if targets == nil {
		return a.nobody(ctx, e, "no streaming notification target of the connector is set up on this server")
	}
	return targets
}

// analyticsTargets are the sinks of the connector's call analytics configuration, while it is linked and the link is
// enabled. AnalyticsReady promises that a task can be started, so it asks for more: streaming on, and voice analytics.
func (a *Announcer) analyticsTargets(ctx context.Context, e timbre.Event, s timbre.Streaming) (targets []string, err error) {
	if s.Insights == nil || s.Insights.Disabled {
		return a.nobody(ctx, e, "no call analytics configuration is linked to the connector and enabled"), nil
	}
	c, err := a.routes.Configuration(ctx, s.Insights.ConfigurationARN)
	switch {
	case absent(err):
		a.Log.WarnContext(ctx, "an event is told to nobody: the connector's call analytics configuration does not exist",
			"connector", e.Call.ConnectorID, "configuration", s.Insights.ConfigurationARN, "event", e.ID, "status", e.Status)
		return nil, nil
	case err != nil:
		return nil, err
	case e.Type == timbre.VoiceAnalyticsStatus && (s.Disabled || !c.Analyses(timbre.SpeakerSearch) && !c.Analyses(timbre.VoiceTone)):
		return a.nobody(ctx, e, "the connector's streaming is disabled, or its configuration has no voice analytics"), nil
	}
	if targets = sinkTargets(c); targets == nil {
		return a.nobody(ctx, e, "the connector's call analytics configuration has no sink"), nil
	}
	return targets, nil
}

// nobody notes an event that no one is to be told of, which is how a connector may well be set up.
func (a *Announcer) nobody(ctx context.Context, e timbre.Event, why string) []string {
	a.Log.DebugContext(ctx, "an event is told to nobody", "why", why,
		"connector", e.Call.ConnectorID, "event", e.ID, "status", e.Status)
	return nil
}

func absent(err error) bool { return err != nil && timbre.KindOf(err) == timbre.NotFound }
