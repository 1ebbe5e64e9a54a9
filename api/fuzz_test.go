package api_test

import (
	stdjson "encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// modelled are the statuses of the models and their common errors.
var modelled = []int{200, 201, 204, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503}

// FuzzServe sends any signed request: the response has a modelled status, an error has its type, a body is JSON, and nothing
// panics.
func FuzzServe(f *testing.F) {
	for _, seed := range [][3]string{
		{"GET", "/voice-connectors?max-results=1&next-token=AQ", ""},
		{"POST", "/voice-connectors", `{"Name":"a","RequireEncryption":true,"Tags":[{"Key":"k","Value":"v"}]}`},
		{"PUT", "/voice-connectors/abcdefghijklmnopqrstuv/termination", `{"Termination":{"CidrAllowedList":["::/0",null],"CpsLimit":1}}`},
		{"PUT", "/voice-connectors/abcdefghijklmnopqrstuv/streaming-configuration", `{"StreamingConfiguration":{"DataRetentionInHours":0,"Disabled":false,"StreamingNotificationTargets":[{}],"MediaInsightsConfiguration":{}}}`},
		{"POST", "/voice-connectors/abcdefghijklmnopqrstuv/speaker-search-tasks", `{"TransactionId":"t","VoiceProfileDomainId":"d","CallLeg":"Callee","ClientRequestToken":"ab"}`},
		{"POST", "/voice-connectors/abcdefghijklmnopqrstuv/speaker-search-tasks/t?operation=stop", ""},
		{"GET", "/voice-connectors/abcdefghijklmnopqrstuv/voice-tone-analysis-tasks/t?isCaller=true", ""},
		{"POST", "/voice-profile-domains", `{"Name":"a","ServerSideEncryptionConfiguration":{"KmsKeyArn":"arn:aws:kms:r:1:key/a"},"ClientRequestToken":"ab"}`},
		{"PUT", "/voice-profile-domains/d", `{"Description":""}`},
		{"GET", "/voice-profiles?voice-profile-domain-id=d", ""},
		{"POST", "/media-insights-pipeline-configurations", `{"MediaInsightsPipelineConfigurationName":"ab","ResourceAccessRoleArn":"arn:a","Elements":[{"Type":"SqsQueueSink","SqsQueueSinkConfiguration":{"InsightsTarget":"arn:aws:sqs:us-east-1:000000000000:q"}}],"RealTimeAlertConfiguration":{"Disabled":true,"Rules":[]}}`},
		{"GET", "/media-insights-pipeline-configurations/arn%3Aaws%3Achime%2F", ""},
		{"DELETE", "/tags?operation=%zz", "[[["},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			return // net/http lets no such request through
		}
		r, err := http.NewRequestWithContext(t.Context(), method, "http://timbre.example", strings.NewReader(body))
		if err != nil {
			return // net/http lets no such method through
		}
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = u.Path, u.RawPath, u.RawQuery
		query := r.URL.RawQuery
		signed(t, r, body)
		r.URL.Host, r.URL.Scheme, r.URL.RawQuery = "", "", query // the signer writes the query anew; a server sees its own form
		s := newServer()
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, r)

		answer := w.Result()
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(modelled, answer.StatusCode) {
			t.Errorf("got status %d", answer.StatusCode)
		}
		if kind := answer.Header.Get("X-Amzn-ErrorType"); (kind == "") != (answer.StatusCode < 400) {
			t.Errorf("got status %d with error type %q", answer.StatusCode, kind)
		}
		if answer.Header.Get("X-Amzn-RequestId") == "" {
			t.Error("got no request id")
		}
		if len(text) > 0 && !stdjson.Valid(text) || len(text) == 0 && answer.StatusCode != http.StatusNoContent {
			t.Errorf("got status %d with body %q", answer.StatusCode, text)
		}
		none := "# HELP timbre_api_panics_total API requests that ended in a panic and were answered with 500.\n# TYPE timbre_api_panics_total counter\ntimbre_api_panics_total 0\n"
		if err := testutil.GatherAndCompare(s.metrics, strings.NewReader(none), "timbre_api_panics_total"); err != nil {
			t.Error(s.log.String())
		}
	})
}

// BenchmarkGet measures a signed Get through the whole handler, without the socket and the SDK.
func BenchmarkGet(b *testing.B) {
	s := newServer()
	h := s.handler()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodGet, "http://timbre.example/voice-connectors?max-results=5", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	signed(b, r, "")
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
