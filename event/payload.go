package event

import (
	"bytes"
	"encoding/json"

	"timbre"
)

// document is the outer object of all events.
type document struct {
	Version     string   `json:"version"`
	ID          string   `json:"id"`
	DetailType  string   `json:"detail-type"`
	ServiceType string   `json:"service-type,omitempty"`
	Source      string   `json:"source"`
	Account     string   `json:"account"`
	Time        string   `json:"time"`
	Region      string   `json:"region"`
	Resources   []string `json:"resources,omitzero"`
	Detail      any      `json:"detail"`
}

// The two formats of times. Both always have a fraction, because some clients require it.
const (
	micros = "2006-01-02T15:04:05.000000Z"
	millis = "2006-01-02T15:04:05.000Z"
)

// payload renders an event as JSON.
func (a *Announcer) payload(e timbre.Event) ([]byte, error) {
	d := document{
		Version: "0", ID: e.ID, DetailType: string(e.Type), Source: "aws.chime",
		Account: a.env.Account, Time: e.Time.UTC().Format(micros), Region: a.env.Region, Resources: []string{},
	}
	switch e.Type {
	case timbre.VoiceAnalyticsStatus:
		d.Detail = ready(e)
	case timbre.SpeakerSearchStatus:
		d.ServiceType, d.Detail = "VoiceAnalytics", speakerSearch(e)
	case timbre.VoiceToneStatus:
		d.ServiceType, d.Detail, d.Resources = "VoiceAnalytics", voiceTone(e), nil
	case timbre.StreamingStatus:
		d.Detail = streaming(e)
	case timbre.PipelineState:
		d.Detail = stateChange(e)
	default:
		return nil, timbre.Errorf(timbre.Internal, "", "events of type %q cannot be rendered", e.Type)
	}
	if e.Source != nil {
		d.Detail = onPipeline(e)
	}
	var b bytes.Buffer
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false) // the recording metadata is XML, and the payload is not HTML
	if err := j.Encode(d); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
