package node

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

func TestTracesAreExportedIfTheSettingsSayWhereTo(t *testing.T) {
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.URL.Path }))
	defer server.Close()
	s := config.Defaults()
	s.Data, s.Traces.OTLP = t.TempDir(), server.URL+"/v1/traces"
	n, err := OpenStages(t.Context(), environment.Environment{}, s)
	if err != nil {
		t.Fatal(err)
	}
	if n.node.traces != nil {
		t.Fatal("got traces of stages alone, want none")
	}
	if err := n.node.openTraces(t.Context()); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	n.node.traces.Ended(timbre.Call{TransactionID: n.node.env.NewID(), Started: began, Ended: began}, nil)
	n.node.close() // exports what is left
	select {
	case path := <-got:
		if path != "/v1/traces" {
			t.Errorf("got %s, want /v1/traces", path)
		}
	default:
		t.Error("got nothing exported, want the call")
	}
}
