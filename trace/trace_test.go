package trace_test

import (
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"timbre"
	"timbre/environment"
	"timbre/trace"
)

const txid = "0b3a5c9e-1f0d-4c57-8a55-3f2a6f7a9d10"

// receiver keeps the spans that it is sent, by name.
type receiver struct {
	mu    sync.Mutex
	spans map[string]*otlp.Span
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	var got collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &got); err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range got.ResourceSpans {
		for _, in := range of.ScopeSpans {
			for _, s := range in.Spans {
				r.spans[s.Name] = s
			}
		}
	}
}

// The two recorders are those before and after a restart.
func TestTraceOfACallOutlivesARestart(t *testing.T) {
	to := &receiver{spans: map[string]*otlp.Span{}}
	server := httptest.NewServer(to)
	defer server.Close()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	record := func(do func(r *trace.Recorder)) {
		r, err := trace.New(t.Context(), environment.Environment{}, trace.Config{Endpoint: server.URL + "/v1/traces"})
		if err != nil {
			t.Fatal(err)
		}
		do(r)
		r.Close()
	}
	record(func(r *trace.Recorder) {
		r.Ended(timbre.Call{TransactionID: txid, Started: began, Ended: began.Add(time.Minute)}, nil)
		r.Ended(timbre.Call{TransactionID: "no UUID", Started: began, Ended: began}, nil)
	})
	record(func(r *trace.Recorder) {
		r.TaskEnded(timbre.Task{
			ID: "task", TransactionID: txid, Kind: timbre.SpeakerSearch, Status: timbre.Failed, Message: "broken", Created: began, Ended: began.Add(time.Second),
		})
		r.PipelineEnded(timbre.Pipeline{ID: "pipe", TransactionID: txid, Created: began, Updated: began.Add(time.Second)})
		r.Settled(timbre.Pending{Notice: timbre.Notice{ID: "Id-1", Key: "task", Target: "q", Call: txid, Created: began}}, began.Add(2*time.Second), "")
	})
	call, task, notice := to.spans["call"], to.spans["speaker search"], to.spans["notification"]
	if call == nil || task == nil || notice == nil || len(to.spans) != 4 {
		t.Fatalf("got spans %v, want a call, a task, a pipeline and a notification", to.spans)
	}
	header, _ := timbre.SpanOf(txid, "Id-1q")
	for what, c := range map[string][2]string{
		"trace of the task":         {string(task.TraceId), string(call.TraceId)},
		"trace of the notice":       {string(notice.TraceId), string(call.TraceId)},
		"parent of the call":        {string(call.ParentSpanId), ""},
		"parent of the task":        {string(task.ParentSpanId), string(call.SpanId)},
		"parent of the notice":      {string(notice.ParentSpanId), string(task.SpanId)},
		"failure of the task":       {task.Status.GetMessage(), "broken"},
		"length of the call":        {time.Duration(call.EndTimeUnixNano - call.StartTimeUnixNano).String(), "1m0s"},
		"parent that webhooks name": {header.Parent(true)[36:52], hex.EncodeToString(notice.SpanId)},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %q, want %q", what, c[0], c[1])
		}
	}
}

func TestReceiverThatRefusesIsOneLine(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	defer server.Close()
	var log strings.Builder
	r, err := trace.New(t.Context(), environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}, trace.Config{Endpoint: server.URL + "/v1/traces"})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 { // several batches
		r.Ended(timbre.Call{TransactionID: txid, Started: time.Now(), Ended: time.Now()}, nil)
	}
	r.Close()
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "traces cannot be exported") {
		t.Errorf("got %d lines, want 1:\n%s", n, log.String())
	}
}
