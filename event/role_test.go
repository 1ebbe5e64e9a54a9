package event_test

import (
	"testing"

	"timbre"
)

// The role of a configuration is that of what goes to its sinks, by a connector or a pipeline; what the settings route has none.
func TestNoticesCarryTheRoleOfTheirConfiguration(t *testing.T) {
	const role = "arn:aws:iam::000000000000:role/insights"
	r := linked(timbre.Element{Type: "SqsQueueSink", Target: queue})
	r.config.RoleARN = role
	for name, c := range map[string]struct {
		event timbre.Event
		want  string
	}{
		"a task on a call":    {timbre.Event{Type: timbre.VoiceToneStatus, Status: timbre.ToneFailure, Call: call}, role},
		"a call to analyse":   {timbre.Event{Type: timbre.VoiceAnalyticsStatus, Status: timbre.AnalyticsReady, Call: call}, role},
		"a task on a stream":  {timbre.Event{Type: timbre.VoiceToneStatus, Status: timbre.ToneFailure, Source: &timbre.PipelineSource{ConfigurationARN: config}}, role},
		"a stream":            {timbre.Event{Type: timbre.StreamingStatus, Status: timbre.StreamingStarted, Call: call}, ""},
		"a pipeline's status": {timbre.Event{Type: timbre.PipelineState, Pipeline: &timbre.Pipeline{ConfigurationARN: config}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c.event.ID, c.event.Time = "Id-1", at
			notices, err := announcer(r).Notices(t.Context(), c.event)
			must(t, err)
			if len(notices) != 1 || notices[0].Role != c.want {
				t.Errorf("got %+v, want one notice with role %q", notices, c.want)
			}
		})
	}
}
