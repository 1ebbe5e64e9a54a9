package event_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/event"
)

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
