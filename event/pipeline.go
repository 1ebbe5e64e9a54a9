package event

import (
	"maps"

	"timbre"
)

// sourceDetail identifies the source of a task that was started on a pipeline.
type sourceDetail struct {
	PipelineID  string `json:"mediaInsightsPipelineId"`
	PipelineARN string `json:"sourceArn"`
	StreamARN   string `json:"streamArn"`
	Channel     int    `json:"channelId"`
	Role        string `json:"participantRole,omitempty"`
	Fragment    string `json:"startFragmentNumber"`
}

func sourceDetailOf(s *timbre.PipelineSource) sourceDetail {
	return sourceDetail{s.PipelineID, s.PipelineARN, s.StreamARN, s.Channel, s.Role, s.Fragment}
}

// pipelineSearch and pipelineTone are the details of a task's events on a pipeline: the source replaces the caller.
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

// onPipeline is the detail of the event of a task on a pipeline.
func onPipeline(e timbre.Event) any {
	if e.Type == timbre.SpeakerSearchStatus {
		return pipelineSearch{taskOf(e), speakerSearch(e).Details, sourceDetailOf(e.Source)}
	}
	return pipelineTone{taskOf(e), voiceTone(e).Details, sourceDetailOf(e.Source)}
}

// elementStatus is the status of an element in a state change.
type elementStatus struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Updated int64  `json:"updatedOn"` // milliseconds since 1970
	Detail  string `json:"statusDetail,omitempty"`
}

// stateChange is the detail of a pipeline's state change: its metadata, overridden by what Timbre knows.
func stateChange(e timbre.Event) map[string]any {
	p, d := e.Pipeline, map[string]any{}
	for k, v := range p.Metadata {
		d[k] = v
	}
	maps.Copy(d, map[string]any{"version": "0", "eventType": e.Status, "sequence": e.Sequence})
	switch e.Status {
	case timbre.InsightsCreateFailed:
		d["mediaInsightsPipelineConfigurationArn"] = p.ConfigurationARN
		d["failureOrigin"] = "Voice Connector"
		d["httpStatusCode"] = statusCode(e.Kind)
		d["failureReason"] = e.StatusMessage
		return d
	case timbre.InsightsCreated:
		d["mediaInsightsPipelineConfigurationArn"] = p.ConfigurationARN
	case timbre.InsightsFailed, timbre.InsightsTemporaryFailure:
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

// statusCode is the HTTP status that CreateMediaInsightsPipeline would have returned.
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
