package trace_test

import (
	"net/http/httptest"
	"testing"
	"time"

	otlp "go.opentelemetry.io/proto/otlp/trace/v1"

	"timbre"
	"timbre/environment"
	"timbre/trace"
)

// Traces leave the machine, as the log does: numbers are hidden in both alike.
func TestTracesHaveNoNumbers(t *testing.T) {
	to := &receiver{spans: map[string]*otlp.Span{}}
	server := httptest.NewServer(to)
	defer server.Close()
	r, err := trace.New(t.Context(), environment.Environment{}, trace.Config{Endpoint: server.URL + "/v1/traces"})
	if err != nil {
		t.Fatal(err)
	}
	r.Ended(timbre.Call{TransactionID: txid, CallID: "14155550100-1795571803@pbx", Failure: "sip:+14155550100@pbx is gone", Started: time.Now(), Ended: time.Now()}, nil)
	r.Close()
	span := to.spans["call"]
	if span == nil {
		t.Fatal("got no span of the call")
	}
	if got, want := span.Status.GetMessage(), "…@pbx is gone"; got != want {
		t.Errorf("got status %q, want %q", got, want)
	}
	got := "none"
	for _, a := range span.Attributes {
		if a.Key == "sip.call_id" {
			got = a.Value.GetStringValue()
		}
	}
	if want := "…@pbx"; got != want {
		t.Errorf("got Call-ID %q, want %q", got, want)
	}
}
