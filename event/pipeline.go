package event

import (
	"context"
	"maps"
	"slices"

	"timbre"
)

// sourceDetail ties an event of a task that was started on a pipeline to what it listens to.
type sourceDetail struct {
	PipelineID  string `json:"mediaInsightsPipelineId"`
	PipelineARN string `json:"sourceArn"`
	StreamARN   string `json:"streamArn"`
	Channel     int    `json:"channelId"`
	Role        string `json:"participantRole,omitempty"`
	Fragment    string `json:"startFragmentNumber"`
}

func sourceOf(s *timbre.PipelineSource) sourceDetail {
	return sourceDetail{s.PipelineID, s.PipelineARN, s.StreamARN, s.Channel, s.Role, s.Fragment}
}

// pipelineSearch and pipelineTone are the forms of a task's events on a pipeline: instead of the caller, the source.
type pipelineSearch struct {
	taskDetail
	Details *searchResults `json:"speakerSearchDetails,omitempty"`
	sourceDetail
}

type pipelineTone struct {
	taskDetail
	Details *toneDetails `json:"voiceToneAnalysisDetails,omitempty"`
	sourceDetail
}

// onPipeline turns the detail of a task's event into its form on a pipeline.
func onPipeline(e timbre.Event) any {
	if e.Type == timbre.SpeakerSearchStatus {
		return pipelineSearch{taskOf(e), speakerSearch(e).Details, sourceOf(e.Source)}
	}
	return pipelineTone{taskOf(e), voiceTone(e).Details, sourceOf(e.Source)}
}

// elementStatus is one of those of a change of state.
type elementStatus struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Updated int64  `json:"updatedOn"` // milliseconds since 1970
	Detail  string `json:"statusDetail,omitempty"`
}

// change is the detail of a pipeline's change of state: its metadata, and over it what Timbre knows.
func change(e timbre.Event) map[string]any {
	p, d := e.Pipeline, map[string]any{}
	for k, v := range p.Metadata {
		d[k] = v
	}
	maps.Copy(d, map[string]any{"version": "0", "eventType": e.Status})
	switch e.Status {
	case timbre.InsightsCreateFailed:
		d["mediaInsightsPipelineConfigurationArn"] = p.ConfigurationARN
		d["failureOrigin"] = "Voice Connector"
		d["httpStatusCode"] = statusCode(e.Kind)
		d["failureReason"] = e.StatusMessage
		return d
	case timbre.InsightsCreated:
		d["mediaInsightsPipelineConfigurationArn"] = p.ConfigurationARN
	case timbre.InsightsFailed, timbre.InsightsTroubled:
		if e.StatusMessage != "" {
			d["failureReason"] = e.StatusMessage
		}
	}
	d["mediaInsightsPipelineArn"] = p.ARN
	if len(p.Elements) > 1 {
		statuses := []elementStatus{}
		for _, s := range p.Elements {
			statuses = append(statuses, elementStatus{s.Type, string(s.Status), s.Updated.UnixMilli(), s.Detail})
		}
		d["mediaInsightsPipelineElementStatuses"] = statuses
	}
	return d
}

// statusCode is what CreateMediaInsightsPipeline would have been answered with.
func statusCode(k timbre.Kind) string {
	switch k {
	case timbre.Invalid, timbre.Limit:
		return "400"
	case timbre.Forbidden, timbre.AccessDenied:
		return "403"
	case timbre.NotFound:
		return "404"
	case timbre.Throttled:
		return "429"
	case timbre.Unavailable:
		return "503"
	}
	return "500"
}

// busTargets is where the events of pipelines go: to the place that the settings call EventBridge, whatever the connector
// names.
func (a *Announcer) busTargets(ctx context.Context, e timbre.Event) []string {
	if place := a.Streaming["EventBridge"]; place != "" {
		return []string{place}
	}
	return a.nobody(ctx, e, "no EventBridge target is set up on this server")
}

// sinkTargets are the sinks of a configuration, none twice.
func sinkTargets(c timbre.Configuration) (targets []string) {
	for _, element := range c.Elements {
		if slices.Contains(sinks, element.Type) && element.Target != "" && !slices.Contains(targets, element.Target) {
			targets = append(targets, element.Target)
		}
	}
	return targets
}

// pipelineTargets are the sinks of the configuration of the pipeline that a task was started on.
func (a *Announcer) pipelineTargets(ctx context.Context, e timbre.Event) ([]string, error) {
	c, err := a.routes.Configuration(ctx, e.Source.ConfigurationARN)
	switch {
	case absent(err):
		return a.nobody(ctx, e, "the pipeline's configuration does not exist any more"), nil
	case err != nil:
		return nil, err
	}
	return sinkTargets(c), nil
}
