package node

import (
	"slices"
	"testing"
	"testing/synctest"

	"timbre"
)

// What the streaming configuration of a connector says decides which events its next call has, and whether it can be analysed.
func TestStreamingConfigurationHasEffectOnTheNextCall(t *testing.T) {
	analytics, off := &timbre.InsightsLink{ConfigurationARN: "c"}, &timbre.InsightsLink{ConfigurationARN: "c", Disabled: true}
	withTestNode(t, func(in *testNode) {
		for _, c := range []struct {
			name     string
			set      *timbre.Streaming
			told     []string
			analysed bool
		}{
			{
				"both targets, and analytics", &timbre.Streaming{Targets: []string{"EventBridge", "SQS", "SNS"}, Insights: analytics},
				[]string{"bus STARTED", "bus chime:MediaInsightsCreated", "queue STARTED", "sink AnalyticsReady"},
				true,
			},
			{
				"one target", &timbre.Streaming{Targets: []string{"SQS"}, Insights: analytics},
				[]string{"bus chime:MediaInsightsCreated", "queue STARTED", "sink AnalyticsReady"},
				true,
			},
			{"no target", &timbre.Streaming{RetentionHours: 24, Insights: analytics}, []string{"bus chime:MediaInsightsCreated", "sink AnalyticsReady"}, true},
			{"analytics disabled", &timbre.Streaming{Targets: []string{"EventBridge"}, Insights: off}, []string{"bus STARTED"}, false},
			{"no analytics", &timbre.Streaming{Targets: []string{"EventBridge"}}, []string{"bus STARTED"}, false},
			{"streaming disabled", &timbre.Streaming{Targets: []string{"EventBridge"}, Insights: analytics, Disabled: true}, nil, false},
			{"never put", nil, nil, false},
		} {
			if c.set != nil {
				in.must(in.store.PutStreaming(in.t.Context(), vc, *c.set))
			} else {
				in.must(in.store.DeleteStreaming(in.t.Context(), vc))
			}
			txid, _ := in.begin(timbre.Caller)
			told := in.outbox()
			slices.Sort(told)
			if !slices.Equal(told, c.told) {
				in.t.Errorf("%s: told %q, want %q", c.name, told, c.told)
			}
			_, err := in.tasks.Start(in.t.Context(), timbre.Task{Kind: timbre.VoiceTone, ConnectorID: vc, TransactionID: txid})
			if c.analysed && err != nil || !c.analysed && timbre.KindOf(err) != timbre.Unprocessable {
				in.t.Errorf("%s: a task on it: %v", c.name, err)
			}
			in.must(in.calls.End(in.t.Context(), txid, ""))
			synctest.Wait() // the task has ended
			in.outbox()
		}
	})
}
