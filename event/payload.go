package event

import (
	"bytes"
	"encoding/json"

	"timbre"
)

// payload renders an event as JSON.
func (a *Announcer) payload(e timbre.Event) ([]byte, error) {
	if e.Type == timbre.CallMetadata {
		record, err := metadata(e)
		if err != nil {
			return nil, err
		}
		return encode(record)
	}
	d, err := detail(e)
	if err != nil {
		return nil, err
	}
	return encode(a.enclose(e, d))
}

// detail is the inner object of an event.
func detail(e timbre.Event) (any, error) {
	switch {
	case e.Status == timbre.PostCallVoiceAnalytics:
		return postCall(e), nil
	case e.Source != nil:
		return onPipeline(e), nil
	case e.Type == timbre.VoiceAnalyticsStatus:
		return ready(e), nil
	case e.Type == timbre.SpeakerSearchStatus:
		return speakerSearch(e), nil
	case e.Type == timbre.VoiceToneStatus:
		return voiceTone(e), nil
	case e.Type == timbre.StreamingStatus:
		return streaming(e), nil
	case e.Type == timbre.PipelineState:
		return stateChange(e), nil
	case e.Type == timbre.TollGuardStatus:
		return tollTrip(e), nil
	}
	return nil, timbre.Errorf(timbre.Internal, "", "events of type %q cannot be rendered", e.Type)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	j := json.NewEncoder(&b)
	j.SetEscapeHTML(false) // the recording metadata is XML, and the payload is not HTML
	if err := j.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
