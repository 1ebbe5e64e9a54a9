package event

import (
	"encoding/json"

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
	sourceCall
}

type pipelineTone struct {
	taskDetail
	Details *toneDetails `json:"voiceToneAnalysisDetails,omitempty"`
	sourceDetail
	sourceCall
}

// sourceCall names the call of a stream. The original leaves consumers to find it by the stream. A transactionId would make them take the
// event for one of a task on a connector.
type sourceCall struct {
	CallID string `json:"callId,omitempty"`
}

// onPipeline is the detail of the event of a task on a pipeline.
func onPipeline(e timbre.Event) any {
	source, call := sourceDetailOf(e.Source), sourceCall{e.Call.CallID}
	if e.Type == timbre.SpeakerSearchStatus {
		return pipelineSearch{taskOf(e), speakerSearch(e).Details, source, call}
	}
	tones := voiceTone(e).Details
	if tones != nil {
		tones.Fragment = e.Source.Fragment
		tones.Current.offsets(e.Current, e.Overall)
		tones.Overall.offsets(e.Overall, e.Overall)
	}
	return pipelineTone{taskOf(e), tones, source, call}
}

// offsets sets the place of a span in the stream, from the fragment on at which the task began: the begin of its overall span.
func (s *toneSpan) offsets(of, overall *timbre.ToneSpan) {
	if s == nil || overall == nil {
		return
	}
	s.Begin, s.Until = new(of.Start.Sub(overall.Start).Milliseconds()), new(of.End.Sub(overall.Start).Milliseconds())
}

// elementStatus is the status of an element in a state change.
type elementStatus struct {
	Type    string `json:"type"`
	Status  string `json:"status"`
	Updated int64  `json:"updatedOn"` // milliseconds since 1970
	Detail  string `json:"statusDetail,omitempty"`
}

// stateDetail is the detail of a pipeline's state change. It has the metadata of the pipeline, too, overridden by what Timbre knows.
type stateDetail struct {
	Version       string          `json:"version"`
	EventType     string          `json:"eventType"`
	Sequence      int64           `json:"sequence"`
	PipelineARN   string          `json:"mediaInsightsPipelineArn,omitempty"`
	Configuration string          `json:"mediaInsightsPipelineConfigurationArn,omitempty"`
	Elements      []elementStatus `json:"mediaInsightsPipelineElementStatuses,omitempty"`
	Origin        string          `json:"failureOrigin,omitempty"`
	StatusCode    string          `json:"httpStatusCode,omitempty"`
	Reason        string          `json:"failureReason,omitempty"`
	metadata      map[string]string
}

func (d stateDetail) MarshalJSON() ([]byte, error) {
	type fields stateDetail // without this method
	known, err := encode(fields(d))
	if err != nil {
		return nil, err
	}
	all := map[string]json.RawMessage{}
	for name, text := range d.metadata {
		if all[name], err = encode(text); err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(known, &all); err != nil {
		return nil, err
	}
	return encode(all)
}

func stateChange(e timbre.Event) stateDetail {
	p := e.Pipeline
	d := stateDetail{Version: "0", EventType: e.Status, Sequence: e.Sequence, metadata: p.Metadata}
	switch e.Status {
	case timbre.InsightsCreateFailed:
		d.Configuration, d.Origin, d.StatusCode, d.Reason = p.ConfigurationARN, "Voice Connector", statusCode(e.Kind), e.StatusMessage
		return d
	case timbre.InsightsCreated:
		d.Configuration = p.ConfigurationARN
	case timbre.InsightsFailed, timbre.InsightsTemporaryFailure:
		d.Reason = e.StatusMessage
	}
	d.PipelineARN = p.ARN
	if len(p.Elements) > 1 {
		for _, s := range p.Elements {
			d.Elements = append(d.Elements, elementStatus{s.Type, string(s.Status), s.Updated.UnixMilli(), s.Detail})
		}
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
