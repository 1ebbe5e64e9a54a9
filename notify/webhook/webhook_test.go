package webhook_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify/webhook"
)

const (
	crm    = "arn:timbre:webhook:us-east-1:000000000000:crm"
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
)

var event = timbre.Notice{ID: "Id-1", Key: "k", Target: crm, Payload: []byte(`{"id":"Id-1"}`)}

func at0() time.Time { return times[0] }

// sink returns a Sink whose webhook crm is served by a handler.
func sink(t *testing.T, handler http.HandlerFunc) *webhook.Sink {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s, err := webhook.New(environment.Environment{Now: at0}, webhook.Config{
		Endpoints: []webhook.Endpoint{{Name: "crm", URL: server.URL + "/hook?token=hidden", Secret: secret}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSendPostsTheSignedEvent(t *testing.T) {
	got := make(chan error, 1)
	s := sink(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		for what, c := range map[string][2]any{
			"method":       {r.Method, http.MethodPost},
			"path":         {r.URL.Path, "/hook"},
			"Content-Type": {r.Header.Get("Content-Type"), "application/json"},
			"webhook-id":   {r.Header.Get("Webhook-Id"), "Id-1"},
			"body":         {string(body), `{"id":"Id-1"}`},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: got %v, want %v", what, c[0], c[1])
			}
		}
		got <- webhook.Verify(secret, r.Header, body, times[0])
		w.WriteHeader(http.StatusNoContent)
	})
	if err := s.Send(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestConnectionIsReusedAndEndlessResponseCutOff(t *testing.T) {
	from := map[string]bool{}
	endless := false
	s := sink(t, func(w http.ResponseWriter, r *http.Request) {
		from[r.RemoteAddr] = true
		line := strings.Repeat("x", 1000)
		for i := 0; i < 30 || endless; i++ {
			if _, err := io.WriteString(w, line); err != nil {
				return
			}
		}
	})
	for range 3 {
		if err := s.Send(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 1 {
		t.Errorf("got %d connections, want 1", len(from))
	}
	endless = true
	if err := s.Send(t.Context(), event); err != nil {
		t.Error(err)
	}
}

func TestErrorsOmitTheURL(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := sink(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a client that gives up only after the body
		cancel()
		<-r.Context().Done()
	})
	err := s.Send(ctx, event)
	if err == nil || strings.Contains(err.Error(), "hidden") || !strings.Contains(err.Error(), "crm") {
		t.Errorf("got %v", err)
	}
	lost := event
	lost.Target = "arn:timbre:webhook:us-east-1:000000000000:lost"
	if err := s.Send(t.Context(), lost); timbre.KindOf(err) != timbre.NotFound || !strings.Contains(err.Error(), "lost") {
		t.Errorf("got %v", err)
	}
}

func TestNewRefusesMalformedEndpoints(t *testing.T) {
	good := webhook.Endpoint{Name: "a", URL: "https://example.com/x", Secret: "s"}
	for name, endpoints := range map[string][]webhook.Endpoint{
		"a name twice":     {good, good},
		"no secret":        {{Name: "a", URL: good.URL}},
		"a broken secret":  {{Name: "a", URL: good.URL, Secret: "whsec_%"}},
		"another scheme":   {{Name: "a", URL: "ftp://example.com", Secret: "s"}},
		"no host":          {{Name: "a", URL: "https:///x", Secret: "s"}},
		"not even a URL":   {{Name: "a", URL: "http://[", Secret: "s"}},
		"a relative place": {{Name: "a", URL: "/hook", Secret: "s"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := webhook.New(environment.Environment{}, webhook.Config{Endpoints: endpoints}); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("%s: got %v, want Invalid", name, err)
			}
		})
	}
}

func TestRequestsOfACallCarryItsTrace(t *testing.T) {
	got := make(chan string, 3)
	s := sink(t, func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("traceparent") })
	traced := event
	traced.Call = "0b3a5c9e-1f0d-4c57-8a55-3f2a6f7a9d10"
	for _, n := range []timbre.Notice{traced, traced, event} {
		if err := s.Send(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	first, again, without := <-got, <-got, <-got
	if !strings.HasPrefix(first, "00-0b3a5c9e1f0d4c578a553f2a6f7a9d10-") || !strings.HasSuffix(first, "-00") || again != first || without != "" {
		t.Errorf("got %q, %q and %q, want the call's trace, not sampled, the same in each attempt, and none without a call", first, again, without)
	}
}
