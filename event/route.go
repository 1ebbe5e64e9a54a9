package event

import (
	"context"
	"maps"
	"slices"

	"timbre"
)

// sinkElements are the elements of a configuration that receive voice analytics events.
var sinkElements = []string{"SqsQueueSink", "SnsTopicSink", "LambdaFunctionSink", "KinesisDataStreamSink"}

// route is where an event goes, and the role that AWS targets are reached under.
type route struct {
	targets []string // without duplicates
	role    string   // empty: none, as that of targets which the settings name
}

// route returns where an event goes.
func (a *Announcer) route(ctx context.Context, e timbre.Event) (route, error) {
	switch {
	case e.Type == timbre.CallMetadata:
		return a.configurationRoute(ctx, e, e.Pipeline.ConfigurationARN, "KinesisDataStreamSink")
	case e.Type == timbre.TollGuardStatus:
		return route{targets: a.operatorTargets(ctx, e)}, nil
	case e.Pipeline != nil:
		return route{targets: a.busTargets(ctx, e)}, nil
	case e.Source != nil:
		return a.configurationRoute(ctx, e, e.Source.ConfigurationARN, sinkElements...)
	}
	s, err := a.store.Streaming(ctx, e.Call.ConnectorID)
	switch {
	case notFound(err):
		return a.nowhere(ctx, e, "the connector has no streaming configuration"), nil
	case err != nil:
		return route{}, err
	case e.Type == timbre.StreamingStatus:
		return route{targets: a.streamingTargets(ctx, e, s)}, nil
	}
	return a.analyticsRoute(ctx, e, s)
}

// busTargets are the targets of pipeline events: the one that the settings name for EventBridge, whatever the connector names.
func (a *Announcer) busTargets(ctx context.Context, e timbre.Event) []string {
	if target := a.cfg.Streaming["EventBridge"]; target != "" {
		return []string{target}
	}
	return a.none(ctx, e, "no EventBridge target is configured on this server")
}

// operatorTargets are all targets that the settings name: what concerns the operator does not depend on what a connector names.
func (a *Announcer) operatorTargets(ctx context.Context, e timbre.Event) []string {
	targets := slices.Compact(slices.Sorted(maps.Values(a.cfg.Streaming)))
	if len(targets) == 0 {
		return a.none(ctx, e, "no streaming notification target is configured on this server")
	}
	return targets
}

// configurationRoute leads to sinks of some types of the configuration of a pipeline.
func (a *Announcer) configurationRoute(ctx context.Context, e timbre.Event, arn string, types ...string) (route, error) {
	c, err := a.store.Configuration(ctx, arn)
	switch {
	case notFound(err):
		return a.nowhere(ctx, e, "the pipeline's configuration has been deleted"), nil
	case err != nil:
		return route{}, err
	}
	return sinks(c, types), nil
}

// streamingTargets are the configured targets of the kinds that the connector names.
func (a *Announcer) streamingTargets(ctx context.Context, e timbre.Event, s timbre.Streaming) (targets []string) {
	if s.Disabled {
		return a.none(ctx, e, "the connector's streaming is disabled")
	}
	for _, name := range s.Targets {
		if target := a.cfg.Streaming[name]; target != "" && !slices.Contains(targets, target) {
			targets = append(targets, target)
		}
	}
	if targets == nil {
		return a.none(ctx, e, "no streaming notification target of the connector is configured on this server")
	}
	return targets
}

// analyticsRoute leads to the sinks of the connector's call analytics configuration while the link to it is enabled. AnalyticsReady
// promises that a task can be started, so it also requires streaming and voice analytics.
func (a *Announcer) analyticsRoute(ctx context.Context, e timbre.Event, s timbre.Streaming) (route, error) {
	if s.Insights == nil || s.Insights.Disabled {
		return a.nowhere(ctx, e, "no call analytics configuration is linked to the connector and enabled"), nil
	}
	c, err := a.store.Configuration(ctx, s.Insights.ConfigurationARN)
	switch {
	case notFound(err):
		a.env.Log.WarnContext(ctx, "event has no target: the connector's call analytics configuration does not exist",
			"connector", e.Call.ConnectorID, "configuration", s.Insights.ConfigurationARN, "event", e.ID, "status", e.Status)
		return route{}, nil
	case err != nil:
		return route{}, err
	case e.Status == timbre.AnalyticsReady && (s.Disabled || !analyses(c)):
		return a.nowhere(ctx, e, "the connector's streaming is disabled, or its configuration has no voice analytics"), nil
	}
	to := sinks(c, sinkElements)
	if to.targets == nil {
		return a.nowhere(ctx, e, "the connector's call analytics configuration has no sink"), nil
	}
	return to, nil
}

func analyses(c timbre.Configuration) bool {
	return c.Analyses(timbre.SpeakerSearch) || c.Analyses(timbre.VoiceTone)
}

// sinks leads to sinks of some types of a configuration, under its role.
func sinks(c timbre.Configuration, types []string) route {
	to := route{role: c.RoleARN}
	for _, element := range c.Elements {
		if slices.Contains(types, element.Type) && element.Target != "" && !slices.Contains(to.targets, element.Target) {
			to.targets = append(to.targets, element.Target)
		}
	}
	return to
}

// nowhere logs an event without targets as none does.
func (a *Announcer) nowhere(ctx context.Context, e timbre.Event, reason string) route {
	return route{targets: a.none(ctx, e, reason)}
}

// none logs an event without targets, which is often intended.
func (a *Announcer) none(ctx context.Context, e timbre.Event, reason string) []string {
	a.env.Log.DebugContext(ctx, "event has no target", "reason", reason,
		"connector", e.Call.ConnectorID, "event", e.ID, "status", e.Status)
	return nil
}

func notFound(err error) bool { return err != nil && timbre.KindOf(err) == timbre.NotFound }
