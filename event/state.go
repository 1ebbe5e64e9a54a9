package event

import (
	"encoding/json"

	"timbre"
)

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
