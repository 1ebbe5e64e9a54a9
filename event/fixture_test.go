package event_test

import (
	"context"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/event"
)

// routes are a Store in memory.
type routes struct {
	streaming *timbre.Streaming
	config    *timbre.Configuration
	err       error
	reserved  int64
	full      error // of ReserveNumbers
}

func (r *routes) ReserveNumbers(_ context.Context, n int64) (int64, error) {
	r.reserved += n
	return r.reserved, r.full
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

func announcer(r event.Store) *event.Announcer {
	env := environment.Environment{Account: "111122223333", Region: "us-east-1", Now: func() time.Time { return at }}
	return event.New(env, event.Config{Streaming: map[string]string{"EventBridge": hook}}, r)
}

func key(e timbre.Event) string {
	if e.Type == timbre.SpeakerSearchStatus || e.Type == timbre.VoiceToneStatus {
		return e.TaskID
	}
	if e.Type == timbre.TollGuardStatus {
		return e.Call.ConnectorID
	}
	return e.Call.TransactionID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
