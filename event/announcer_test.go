package event_test

import (
	"bytes"
	"context"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/event"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	connector = "abcdef1ghij2klmno3pqr4"
	hook      = "arn:timbre:webhook:us-east-1:111122223333:crm"
	queue     = "arn:aws:sqs:us-east-1:111122223333:voice"
	config    = "arn:aws:chime:us-east-1:111122223333:media-insights-pipeline-configuration/va"
)

var (
	at   = time.Date(2026, 1, 2, 3, 4, 45, 563441000, time.UTC)
	call = timbre.Call{
		TransactionID: "daaeb6bf-0000-4000-8000-000000000001", ConnectorID: connector, CallID: "a84b4c76e66710@pbx",
		Direction: "Outbound", From: "+12065550100", To: "+12065550101",
		Headers:  map[string]string{"from": "<sip:+12065550100@pbx>", "call-id": "a84b4c76e66710@pbx", "cseq": "1 INVITE"},
		Metadata: `<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"/>`,
		Legs: []timbre.Leg{
			{Side: timbre.Caller, Index: 0, Label: "1", StreamARN: "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-1/1767323025563"},
			{Side: timbre.Callee, Index: 1, Label: "2", StreamARN: "arn:aws:kinesisvideo:us-east-1:111122223333:stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-2/1767323025563"},
		},
		Started: at.Add(-time.Minute),
	}
	mixed   = timbre.Call{TransactionID: call.TransactionID, ConnectorID: connector, CallID: call.CallID, Legs: []timbre.Leg{{Label: "9"}}, Started: call.Started}
	current = &timbre.ToneSpan{Start: at.Add(-30 * time.Second), End: at, Tone: timbre.Tone{Neutral: 0.83, Positive: 0.13, Negative: 0.04}}
	overall = &timbre.ToneSpan{Start: at.Truncate(time.Minute), End: at, Tone: timbre.Tone{Neutral: 0.25, Positive: 0.65, Negative: 0.1}}
)

// routes are Routes in memory.
type routes struct {
	streaming *timbre.Streaming
	config    *timbre.Configuration
	err       error
}

func (r *routes) Streaming(context.Context, string) (timbre.Streaming, error) {
	if r.err != nil {
		return timbre.Streaming{}, r.err
	}
	if r.streaming == nil {
		return timbre.Streaming{}, timbre.Errorf(timbre.NotFound, "", "no streaming configuration")
	}
	return *r.streaming, nil
}

func (r *routes) Configuration(_ context.Context, id string) (timbre.Configuration, error) {
	if r.config == nil || id != config {
		return timbre.Configuration{}, timbre.Errorf(timbre.NotFound, "", "no such configuration")
	}
	return *r.config, nil
}

func linked(elements ...timbre.Element) *routes {
	return &routes{
		streaming: &timbre.Streaming{Targets: []string{"EventBridge"}, Insights: &timbre.InsightsLink{ConfigurationARN: config}},
		config:    &timbre.Configuration{ARN: config, Elements: append([]timbre.Element{{Type: "VoiceAnalyticsProcessor"}}, elements...)},
	}
}

func announcer(r event.Routes) *event.Announcer {
	env := environment.Environment{Account: "111122223333", Region: "us-east-1", Now: func() time.Time { return at }}
	return event.New(env, event.Config{Streaming: map[string]string{"EventBridge": hook}}, r)
}

func TestPayloads(t *testing.T) {
	task := func(kind timbre.EventType, status string) timbre.Event {
		return timbre.Event{Type: kind, Status: status, Time: at, Call: call, TaskID: "3f0a1f0e-0000-4000-8000-000000000002"}
	}
	with := func(e timbre.Event, change func(*timbre.Event)) timbre.Event { change(&e); return e }
	ended := call
	ended.Ended = at.Add(-time.Millisecond)
	late := call
	late.Legs = []timbre.Leg{{Side: timbre.Callee, Index: 1, StreamARN: strings.Replace(call.Legs[1].StreamARN, "1767323025563", "1767323055563", 1)}}
	swapped := call
	swapped.Legs = []timbre.Leg{{StreamARN: "a third/2"}, call.Legs[1], call.Legs[0]}
	for name, e := range map[string]timbre.Event{
		"ready":       {Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady, Time: at, Call: call, Leg: 1},
		"ready_mixed": {Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady, Time: at, Call: mixed},
		"identified": with(task(timbre.SpeakerSearchStatus, timbre.IdentificationSuccessful), func(e *timbre.Event) {
			e.Leg = 1
			e.Matches = []timbre.Match{{ProfileID: "vp-505e0992-82da-49eb-9d4a-4b34772b96b6", Confidence: 0.94567856}, {ProfileID: "vp-fba9cbfa-4b8d-4f10-9e41-9dfdd66545ab", Confidence: 0.8278335}}
		}),
		"no_match": task(timbre.SpeakerSearchStatus, timbre.IdentificationNoMatches),
		"identification_failed": with(task(timbre.SpeakerSearchStatus, timbre.IdentificationFailure), func(e *timbre.Event) {
			e.StatusMessage = "under 10 s of talk"
			e.Call = mixed
		}),
		"voiceprint":        task(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationSuccess),
		"voiceprint_failed": with(task(timbre.SpeakerSearchStatus, timbre.VoiceprintGenerationFailure), func(e *timbre.Event) { e.StatusMessage = "under 20 s of talk" }),
		"tone":              with(task(timbre.VoiceToneStatus, timbre.ToneSuccessful), func(e *timbre.Event) { e.Current, e.Overall = current, overall }),
		"tone_mixed": with(task(timbre.VoiceToneStatus, timbre.ToneSuccessful), func(e *timbre.Event) {
			e.Current, e.Overall, e.Call = current, overall, mixed
		}),
		"tone_completed": with(task(timbre.VoiceToneStatus, timbre.ToneCompleted), func(e *timbre.Event) {
			e.Current, e.Overall, e.Leg, e.Time = current, overall, 1, at.Truncate(time.Second)
		}),
		"tone_failed":       with(task(timbre.VoiceToneStatus, timbre.ToneFailure), func(e *timbre.Event) { e.StatusMessage = "no talk for 10 s" }),
		"streaming_started": {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: call},
		"streaming_all":     {Type: timbre.StreamingStatus, Status: timbre.StreamingAllStarted, Time: at, Call: swapped},
		"streaming_late":    {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: late},
		"streaming_mixed":   {Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Time: at, Call: mixed},
		"streaming_ended":   {Type: timbre.StreamingStatus, Status: timbre.StreamingEnded, Time: at, Call: ended, Leg: 1},
		"streaming_updated": {Type: timbre.StreamingStatus, Status: timbre.StreamingUpdated, Time: at, Call: call},
		"streaming_failed":  {Type: timbre.StreamingStatus, Status: timbre.StreamingFailed, Time: at, Call: call, StatusMessage: "the server stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			e.ID = "Id-6f0c0000-0000-4000-8000-000000000003"
			notices, err := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue})).Notices(t.Context(), e)
			if err != nil || len(notices) != 1 {
				t.Fatalf("got %d notices, %v; want 1", len(notices), err)
			}
			n := notices[0]
			if n.ID != e.ID || !n.Created.Equal(at) || n.Key != key(e) {
				t.Errorf("got notice %+v", n)
			}
			file := filepath.Join("testdata", name+".json")
			if *update {
				must(t, os.WriteFile(file, append(n.Payload, '\n'), 0o600))
			}
			want, err := os.ReadFile(file)
			must(t, err)
			if want := bytes.TrimSpace(want); !bytes.Equal(want, n.Payload) {
				t.Errorf("got payload\n%s\nwant\n%s", n.Payload, want)
			}
		})
	}
}

func key(e timbre.Event) string {
	if e.Type == timbre.SpeakerSearchStatus || e.Type == timbre.VoiceToneStatus {
		return e.TaskID
	}
	return e.Call.TransactionID
}

func TestTargets(t *testing.T) {
	const lambda, kinesis, topic = "arn:aws:lambda:us-east-1:1:function:f", "arn:aws:kinesis:us-east-1:1:stream/s", "arn:aws:sns:us-east-1:1:t"
	all := []timbre.Element{
		{Type: "SqsQueueSink", Target: hook},
		{Type: "LambdaFunctionSink", Target: lambda},
		{Type: "KinesisDataStreamSink", Target: kinesis},
		{Type: "SnsTopicSink", Target: topic},
		{Type: "LambdaFunctionSink", Target: hook},
		{Type: "S3RecordingSink", Target: "arn:aws:s3:::b"},
		{Type: "SqsQueueSink"},
	}
	four := []string{hook, lambda, kinesis, topic}
	for _, c := range []struct {
		name   string
		change func(*routes)
		ready, task,
		stream []string
	}{
		{"linked and enabled", func(*routes) {}, four, four, []string{hook}},
		{"no streaming configuration", func(r *routes) { r.streaming = nil }, nil, nil, nil},
		{"streaming disabled", func(r *routes) { r.streaming.Disabled = true }, nil, four, nil},
		{"no link", func(r *routes) { r.streaming.Insights = nil }, nil, nil, []string{hook}},
		{"link disabled", func(r *routes) { r.streaming.Insights.Disabled = true }, nil, nil, []string{hook}},
		{"configuration vanished", func(r *routes) { r.config = nil }, nil, nil, []string{hook}},
		{"another configuration", func(r *routes) { r.streaming.Insights.ConfigurationARN += "x" }, nil, nil, []string{hook}},
		{"no voice analytics", func(r *routes) { r.config.Elements = r.config.Elements[1:] }, nil, four, []string{hook}},
		{"no sink", func(r *routes) { r.config.Elements = r.config.Elements[:1] }, nil, nil, []string{hook}},
		{"no streaming target", func(r *routes) { r.streaming.Targets = nil }, four, four, nil},
		{"streaming target not set up", func(r *routes) { r.streaming.Targets = []string{"SNS", "SQS"} }, four, four, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := linked(all...)
			a := announcer(r)
			c.change(r) // what is put takes effect at the next event
			for status, want := range map[string][]string{timbre.AnalyticsReady: c.ready, timbre.ToneFailure: c.task, timbre.StreamingStarted: c.stream} {
				e := timbre.Event{ID: "Id-1", Status: status, Time: at, Call: call, Type: map[string]timbre.EventType{
					timbre.AnalyticsReady: timbre.VoiceAnalyticsStatus, timbre.ToneFailure: timbre.VoiceToneStatus,
					timbre.StreamingStarted: timbre.StreamingStatus,
				}[status]}
				notices, err := a.Notices(t.Context(), e)
				must(t, err)
				var got []string
				for _, n := range notices {
					got = append(got, n.Target)
				}
				if !slices.Equal(got, want) {
					t.Errorf("%s: got targets %v, want %v", status, got, want)
				}
			}
		})
	}
}

func TestNoticesKeepTheOrderOfEvents(t *testing.T) {
	a := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue}, timbre.Element{Type: "SqsQueueSink", Target: hook}))
	var events []timbre.Event
	for _, id := range []string{"Id-1", "Id-2", "Id-3"} {
		events = append(events, timbre.Event{ID: id, Type: timbre.SpeakerSearchStatus, Call: call})
	}
	notices, err := a.Notices(t.Context(), events...)
	must(t, err)
	var got []string
	for _, n := range notices {
		got = append(got, n.ID)
	}
	if want := []string{"Id-1", "Id-1", "Id-2", "Id-2", "Id-3", "Id-3"}; !slices.Equal(got, want) {
		t.Errorf("got notices %v, want %v", got, want)
	}
}

func TestMissingConfigurationIsLogged(t *testing.T) {
	var log strings.Builder
	r := linked()
	r.config = nil
	a := event.New(environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}, event.Config{}, r)
	if _, err := a.Notices(t.Context(), timbre.Event{ID: "Id-7", Type: timbre.SpeakerSearchStatus, Call: call}); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(log.String(), "\n"); lines != 1 || !strings.Contains(log.String(), config) || !strings.Contains(log.String(), "Id-7") {
		t.Errorf("got log %q, want one line with the configuration and the event", log.String())
	}
}

func TestStoreErrorIsReturned(t *testing.T) {
	a := announcer(&routes{err: timbre.Errorf(timbre.Internal, "store", "disk full")})
	if n, err := a.Notices(t.Context(), timbre.Event{Type: timbre.StreamingStatus}); err == nil || n != nil {
		t.Errorf("%v, %v", n, err)
	}
}

func TestUnknownTypeIsAnError(t *testing.T) {
	if _, err := announcer(linked(timbre.Element{Type: "SqsQueueSink", Target: queue})).Notices(t.Context(), timbre.Event{Type: "Weather", Call: call}); timbre.KindOf(err) != timbre.Internal || err == nil {
		t.Error(err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
