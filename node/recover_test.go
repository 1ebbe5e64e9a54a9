package node

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Calls that a crash has cut do not keep new ones out by the quota of their connector.
func TestCallsBeforeACrashLeaveRoomForNewOnes(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.store.Limit(timbre.Limits{Calls: 2})
		in.begin(timbre.Caller)
		in.begin(timbre.Caller)
		// Of a killed process nothing is left but the store: the stages are new.
		in.env.Metrics = prometheus.NewRegistry()
		in.must(in.openCalls(in.t.Context()))
		_, err := in.calls.Interrupted(in.t.Context())
		in.must(err)
		in.begin(timbre.Caller)
		if n := len(in.calls.Live()); n != 1 {
			t.Errorf("got %d live calls, want the new one", n)
		}
	})
}
