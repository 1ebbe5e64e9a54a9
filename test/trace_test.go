package test

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"timbre"
)

// spans is a receiver of OTLP that keeps what it is sent, by the id of the span.
type spans struct {
	mu   sync.Mutex
	byID map[string]*otlp.Span
	more chan struct{} // closed and replaced at each request
}

// path is the names of the spans from one to the root of its trace; waiting: not all of them have come.
func (s *spans) path(id string) (names []string, root *otlp.Span, waiting chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id != "" {
		if root = s.byID[id]; root == nil || len(names) > 5 {
			return nil, nil, s.more
		}
		names = append(names, root.Name)
		id = hex.EncodeToString(root.ParentSpanId)
	}
	return names, root, nil
}

func (s *spans) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	var got collector.ExportTraceServiceRequest
	if err != nil || proto.Unmarshal(body, &got) != nil {
		http.Error(w, "not OTLP", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { close(s.more); s.more = make(chan struct{}) }()
	for _, of := range got.ResourceSpans {
		for _, in := range of.ScopeSpans {
			for _, x := range in.Spans {
				s.byID[hex.EncodeToString(x.SpanId)] = x
			}
		}
	}
}

// A trace leads from the INVITE to each event that a webhook has received, whose header names the span of its delivery.
func TestATraceLeadsFromTheCallToItsEvents(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	to := &spans{byID: map[string]*otlp.Span{}, more: make(chan struct{})}
	server := httptest.NewServer(to)
	defer server.Close()
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	s.Traces.OTLP = server.URL + "/v1/traces"
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s3_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	hook.wait(ctx, t, "the search ended", of(search, timbre.VoiceprintGenerationSuccess, timbre.VoiceprintGenerationFailure))
	hook.wait(ctx, t, "tone ended", of(tone, timbre.ToneCompleted))
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingEnded))) == 2 })

	trace := strings.ReplaceAll(c.TransactionID, "-", "")
	names := map[string]int{}
	for _, e := range hook.all(func(event) bool { return true }) {
		parts := strings.Split(e.Parent, "-")
		if len(parts) != 4 || parts[1] != trace {
			t.Fatalf("%s: got traceparent %q, want one of trace %s", e.status(), e.Parent, trace)
		}
		path, root, waiting := to.path(parts[2])
		for waiting != nil {
			select {
			case <-waiting:
			case <-ctx.Done():
				t.Fatalf("%s: the spans from its delivery, %s, to its call were not exported", e.status(), parts[2])
			}
			path, root, waiting = to.path(parts[2])
		}
		for _, name := range path {
			names[name]++
		}
		if root.Name != "call" || hex.EncodeToString(root.TraceId) != trace {
			t.Errorf("%s: got root %s of trace %x, want the call", e.status(), root.Name, root.TraceId)
		}
	}
	for _, name := range []string{"call", "speaker search", "voice tone", "pipeline", "notification"} {
		if names[name] == 0 {
			t.Errorf("got spans %v, want one of %s", names, name)
		}
	}
}
