package pipeline

import (
	"testing"

	"timbre"
)

func TestMetadataOfACallIsSentAgainWithAnUpdate(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.alone(timbre.Caller)
		w.make() // a pipeline that the connector has not created
		updated := w.liveCall()
		updated.Headers, updated.Metadata = map[string]string{"cseq": "2 UPDATE"}, "<recording/>"
		w.CallUpdated(t.Context(), updated)
		w.wantEvents(timbre.InsightsCreated, "CallAnalyticsMetadata ", "CallAnalyticsMetadata Update")
		last := w.events[2]
		if last.Pipeline.ID != id || last.Call.Metadata != updated.Metadata || last.Call.Headers["cseq"] != "2 UPDATE" {
			t.Errorf("got event %+v, want the call as updated, of pipeline %s", last, id)
		}
		w.CallUpdated(t.Context(), timbre.Call{TransactionID: "another"})
		w.wantEvents(timbre.InsightsCreated, "CallAnalyticsMetadata ", "CallAnalyticsMetadata Update")
	})
}
