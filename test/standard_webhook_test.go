package test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify/webhook"
)

// The library of the Standard Webhooks project verifies what a webhook is sent, as a receiver in the field does.
func TestStandardWebhooksLibraryVerifiesRequests(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	const signed, other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAAr8GKYqrTwjUPD8ILPZIo2LaLaSwA"
	type request struct {
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
	}
	var requests []request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		headers := map[string]string{}
		for name := range r.Header {
			headers[name] = r.Header.Get(name)
		}
		requests = append(requests, request{headers, string(body)})
	}))
	t.Cleanup(server.Close)
	sink, err := webhook.New(environment.Environment{}, webhook.Config{Endpoints: []webhook.Endpoint{{Name: "crm", URL: server.URL, Secret: signed}}})
	must(t, err)
	golden, err := filepath.Glob("../event/testdata/*.json")
	must(t, err)
	var want []string
	for _, path := range golden {
		body, err := os.ReadFile(path)
		must(t, err)
		var e struct{ ID string }
		must(t, json.Unmarshal(body, &e))
		if e.ID == "" {
			continue // a record of metadata, which goes to streams alone
		}
		want = append(want, e.ID)
		must(t, sink.Send(ctx, timbre.Notice{ID: e.ID, Target: "arn:timbre:webhook:us-east-1:000000000000:crm", Payload: body}))
	}
	file := filepath.Join(t.TempDir(), "requests.json")
	text, err := json.Marshal(requests)
	must(t, err)
	must(t, os.WriteFile(file, text, 0o600))
	var got []string
	must(t, json.Unmarshal(python(ctx, t, "standard_webhook.py", file, signed, other), &got))
	if len(got) == 0 || !slices.Equal(got, want) {
		t.Errorf("got events %v verified, want %v", got, want)
	}
}
