package event_test

import (
	"encoding/json"
	"testing"

	"timbre"
)

func TestEnvelopeHasTheDocumentedFormOfItsKind(t *testing.T) {
	const id, seconds, micros = "6f0c0000-0000-4000-8000-000000000003", "2026-01-02T03:04:45Z", "2026-01-02T03:04:45.563441Z"
	for name, c := range map[string]struct {
		event             timbre.Event
		id, time, service string
	}{
		"streaming": {timbre.Event{Type: timbre.StreamingStatus, Status: timbre.StreamingEnded}, id, seconds, ""},
		"pipeline":  {timbre.Event{Type: timbre.PipelineState, Status: timbre.InsightsStopped, Pipeline: insights}, id, seconds, ""},
		"ready":     {timbre.Event{Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady}, "Id-" + id, micros, ""},
		"search":    {timbre.Event{Type: timbre.SpeakerSearchStatus, Status: timbre.IdentificationNoMatches}, id, seconds, "VoiceAnalytics"},
		"tone":      {timbre.Event{Type: timbre.VoiceToneStatus, Status: timbre.ToneFailure}, "Id-" + id, micros, "VoiceAnalytics"},
	} {
		t.Run(name, func(t *testing.T) {
			c.event.ID, c.event.Time, c.event.Call = id, at, call
			notices, err := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue})).Notices(t.Context(), c.event)
			must(t, err)
			var got struct {
				ID, Time string
				Service  string `json:"service-type"`
			}
			must(t, json.Unmarshal(notices[0].Payload, &got))
			if got.ID != c.id || notices[0].ID != c.id || got.Time != c.time || got.Service != c.service {
				t.Errorf("got %+v in notice %s, want id %s, time %s and service-type %q", got, notices[0].ID, c.id, c.time, c.service)
			}
		})
	}
}
