package node

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// What a crash has cut is not in the way of a deletion, also before it has been ended.
func TestDeletionsDoNotWaitForTheRecoveryToPass(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx := in.t.Context()
		txid, _ := in.begin(timbre.Caller)
		in.must(in.store.PutStreaming(ctx, vc, timbre.Streaming{}))
		deleteConnector := func() error { return in.store.DeleteConnector(ctx, vc) }
		deleteConfiguration := func() error { return in.store.DeleteConfiguration(ctx, "c") }
		for what, err := range map[string]error{"call": in.calls.Free(ctx, deleteConnector), "pipeline": in.pipelines.Free(ctx, deleteConfiguration)} {
			if timbre.KindOf(err) != timbre.Conflict {
				t.Errorf("a live %s: got %v, want Conflict", what, err)
			}
		}
		in.env.Metrics = prometheus.NewRegistry()
		in.must(in.openCalls(ctx))
		in.must(in.openPipelines(ctx))
		_, err := in.calls.Interrupted(ctx)
		in.must(err)
		in.must(in.pipelines.Interrupted(ctx))
		in.must(in.pipelines.Free(ctx, deleteConfiguration))
		in.must(in.calls.Free(ctx, deleteConnector))
		c, err := in.store.Call(ctx, txid)
		in.must(err)
		if c.Ended.IsZero() {
			t.Error("the call of the connector is live, want it ended before")
		}
	})
}

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
