package event_test

import (
	"cmp"
	"encoding/json"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/event"
)

const pipelineARN = "arn:aws:chime:us-east-1:111122223333:media-pipeline/87654321-33ca-4dc6-9cdf-abcde6612345"

var (
	source = &timbre.PipelineSource{
		PipelineID: "87654321-33ca-4dc6-9cdf-abcde6612345", PipelineARN: pipelineARN, ConfigurationARN: config,
		StreamARN: call.Legs[0].StreamARN, Role: "CUSTOMER", Fragment: timbre.Fragment(call.Legs[0].StreamARN, 42*time.Second),
	}
	insights = &timbre.Pipeline{
		ID: source.PipelineID, ARN: pipelineARN, ConfigurationARN: config, ConnectorID: connector,
		Metadata: map[string]string{"transactionId": call.TransactionID, "fromNumber": "+12065550100", "eventType": "set by the client", "note": "<b>"},
		Elements: []timbre.ElementStatus{{Type: "VoiceAnalyticsProcessor", Status: timbre.PipelineInProgress, Updated: at}},
	}
)

func TestPipelinePayloads(t *testing.T) {
	task := func(kind timbre.EventType, status string) timbre.Event {
		return timbre.Event{Type: kind, Status: status, Call: call, TaskID: "3f0a1f0e-0000-4000-8000-000000000002", Source: source}
	}
	identified := task(timbre.SpeakerSearchStatus, timbre.IdentificationSuccessful)
	identified.Matches = []timbre.Match{{ProfileID: "vp-505e0992-82da-49eb-9d4a-4b34772b96b6", Confidence: 0.94567856}}
	tone := task(timbre.VoiceToneStatus, timbre.ToneSuccessful)
	tone.Current, tone.Overall = current, overall
	tone.Source = &timbre.PipelineSource{PipelineID: source.PipelineID, PipelineARN: pipelineARN, ConfigurationARN: config, StreamARN: source.StreamARN, Channel: 1, Fragment: timbre.Fragment(source.StreamARN, 0)}
	completed := tone
	completed.Status = timbre.ToneCompleted
	failed := func(kind timbre.EventType, status, reason string) timbre.Event {
		e := task(kind, status)
		e.StatusMessage = reason
		return e
	}
	several := *insights
	several.Elements = append([]timbre.ElementStatus{{Type: "S3RecordingSink", Status: timbre.PipelineNotSupported, Updated: at.Add(-time.Hour)}}, insights.Elements...)
	troubled := several
	troubled.Elements = []timbre.ElementStatus{several.Elements[0], {Type: "VoiceAnalyticsProcessor", Status: timbre.PipelineTemporarilyFailed, Detail: "the analysis failed on this server", Updated: at}}
	for name, e := range map[string]timbre.Event{
		"pipeline_identified":            identified,
		"pipeline_voiceprint":            task(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationSuccess),
		"pipeline_tone":                  tone,
		"pipeline_tone_completed":        completed,
		"pipeline_tone_failed":           failed(timbre.VoiceToneStatus, timbre.ToneFailure, "no speech for 10 s"),
		"pipeline_no_match":              task(timbre.SpeakerSearchStatus, timbre.IdentificationNoMatches),
		"pipeline_identification_failed": failed(timbre.SpeakerSearchStatus, timbre.IdentificationFailure, "under 10 s of talk"),
		"pipeline_voiceprint_failed":     failed(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationFailure, "under 20 s of talk"),
		"pipeline_post_call":             {Type: timbre.VoiceAnalyticsStatus, Status: timbre.PostCallVoiceAnalytics, Call: call, Source: source, Summary: summary},
		"pipeline_created":               {Type: timbre.PipelineState, Status: timbre.InsightsCreated, Pipeline: insights},
		"pipeline_create_failed":         {Type: timbre.PipelineState, Status: timbre.InsightsCreateFailed, StatusMessage: "the call analytics configuration does not exist", Kind: timbre.NotFound, Pipeline: insights},
		"pipeline_in_progress":           {Type: timbre.PipelineState, Status: timbre.InsightsInProgress, Pipeline: &several},
		"pipeline_troubled":              {Type: timbre.PipelineState, Status: timbre.InsightsTemporaryFailure, StatusMessage: "the analysis failed on this server", Pipeline: &troubled},
		"pipeline_paused":                {Type: timbre.PipelineState, Status: timbre.InsightsPaused, Pipeline: insights},
		"pipeline_stopped":               {Type: timbre.PipelineState, Status: timbre.InsightsStopped, Pipeline: insights},
		"pipeline_failed":                {Type: timbre.PipelineState, Status: timbre.InsightsFailed, StatusMessage: "the server stopped", Pipeline: insights},
	} {
		t.Run(name, func(t *testing.T) {
			e.ID, e.Time = "6f0c0000-0000-4000-8000-000000000003", at
			routes := linked(timbre.Element{Type: "SqsQueueSink", Target: queue})
			routes.streaming = nil // whatever the connector says
			notices, err := announcer(routes).Notices(t.Context(), e)
			if err != nil || len(notices) != 1 {
				t.Fatalf("got %d notices, %v; want 1", len(notices), err)
			}
			n := notices[0]
			target, key := queue, cmp.Or(e.TaskID, e.Call.TransactionID)
			if e.Pipeline != nil {
				target, key = hook, e.Pipeline.ID
			}
			if n.Target != target || n.Key != key {
				t.Errorf("got notice %+v", n)
			}
			wantGolden(t, name, n.Payload)
		})
	}
}

func TestCreateFailedHasAStatusCode(t *testing.T) {
	for kind, want := range map[timbre.Kind]string{
		timbre.Internal: "500", timbre.Invalid: "400", timbre.Limit: "400", timbre.AccessDenied: "403", timbre.NotFound: "404",
		timbre.Throttled: "429", timbre.Unavailable: "503",
	} {
		t.Run(want, func(t *testing.T) {
			notices, err := announcer(linked()).Notices(t.Context(), timbre.Event{Type: timbre.PipelineState, Status: timbre.InsightsCreateFailed, Kind: kind, Pipeline: insights})
			must(t, err)
			var e struct {
				Detail struct {
					Code string `json:"httpStatusCode"`
					ARN  string `json:"mediaInsightsPipelineArn"`
				}
			}
			must(t, json.Unmarshal(notices[0].Payload, &e))
			if e.Detail.Code != want || e.Detail.ARN != "" {
				t.Errorf("kind %d: got %+v, want code %s", kind, e.Detail, want)
			}
		})
	}
}

func TestPipelineEventsWithoutTargets(t *testing.T) {
	gone := linked()
	gone.config = nil
	for name, c := range map[string]struct {
		announcer *event.Announcer
		event     timbre.Event
	}{
		"no EventBridge":        {event.New(environment.Environment{}, event.Config{}, linked()), timbre.Event{Type: timbre.PipelineState, Status: timbre.InsightsCreated, Pipeline: insights}},
		"configuration is gone": {announcer(gone), timbre.Event{Type: timbre.VoiceToneStatus, Status: timbre.ToneFailure, Source: source}},
	} {
		t.Run(name, func(t *testing.T) {
			if notices, err := c.announcer.Notices(t.Context(), c.event); err != nil || len(notices) != 0 {
				t.Errorf("%s: got %d notices, %v; want none", name, len(notices), err)
			}
		})
	}
}
