package api_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/smithy-go"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/api/rest"
)

func rated(rates rest.Rates) func(*server) { return func(s *server) { s.rates = rates } }

func TestSDKRetriesThrottledRequests(t *testing.T) {
	s := serve(t, rated(rest.Rates{"connectors": 20}))
	for range 20 {
		if _, err := s.voice.ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.voice.ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{})
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != "ThrottlingException" {
		t.Fatalf("21st request in a second: got error %v, want ThrottlingException", err)
	}
	patient := s.voice.Options()
	patient.RetryMaxAttempts = 3
	patient.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { // what a wait is for the server
			s.late.Add(int64(50 * time.Millisecond))
			return 0, nil
		})
	})
	if _, err := sdk.New(patient).ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{}); err != nil {
		t.Errorf("with retries: got error %v, want none", err)
	}
	throttled := `
		# HELP timbre_api_requests_total API requests answered, by operation and HTTP status.
		# TYPE timbre_api_requests_total counter
		timbre_api_requests_total{operation="ListVoiceConnectors",service="chime-sdk-voice",status="200"} 21
		timbre_api_requests_total{operation="ListVoiceConnectors",service="chime-sdk-voice",status="429"} 2
`
	if err := testutil.GatherAndCompare(s.metrics, strings.NewReader(throttled), "timbre_api_requests_total"); err != nil {
		t.Errorf("want one throttled request without and one with retries: %v", err)
	}
}

func TestThrottledResponseHasRetryAfter(t *testing.T) {
	s := serve(t, rated(rest.Rates{"connectors": 1}))
	s.do(t, "GET", "/voice-connectors", "")
	a := s.do(t, "GET", "/voice-connectors", "")
	if a.Status != 429 || a.Header.Get("Retry-After") != "1" || a.Header.Get("X-Amz-Retry-After") != "1001" ||
		!strings.Contains(a.Body, `"Code":"Throttling"`) {
		t.Errorf("got %+v, want 429 with Retry-After", a)
	}
	s.late.Add(int64(time.Second - time.Millisecond))
	if a := s.do(t, "GET", "/voice-connectors", ""); a.Status != 429 {
		t.Errorf("just before the second: got status %d, want 429", a.Status)
	}
	s.late.Add(int64(time.Millisecond))
	if a := s.do(t, "GET", "/voice-connectors", ""); a.Status != 200 {
		t.Errorf("a second later: got status %d, want 200", a.Status)
	}
}

func TestRatesArePerKeyAndClass(t *testing.T) {
	s := serve(t, rated(rest.Rates{"connectors": 1, "domains": 1}))
	status := func() int { return s.do(t, "GET", "/voice-connectors", "").Status }
	equal(t, "the first", status(), 200)
	equal(t, "the second", status(), 429)
	equal(t, "one of another class", s.do(t, "GET", "/voice-profile-domains", "").Status, 200)
	for range 5 {
		equal(t, "one of a class without a rate", s.do(t, "GET", "/media-insights-pipeline-configurations", "").Status, 200)
	}
	s.keys["AKIDOTHER"] = timbre.Key{Secret: secret}
	options := s.voice.Options()
	options.Credentials = credentials.NewStaticCredentialsProvider("AKIDOTHER", secret, "")
	if _, err := sdk.New(options).ListVoiceConnectors(s.ctx, &sdk.ListVoiceConnectorsInput{}); err != nil {
		t.Errorf("another key: got error %v, want none", err)
	}
}

func TestConcurrencyOnADomainIsLimited(t *testing.T) {
	inside, goOn := make(chan struct{}), make(chan struct{})
	s := serve(t, func(s *server) {
		s.concurrency = 1
		s.domains.put("a", timbre.Domain{ID: "a"})
		s.domains.put("slow", timbre.Domain{ID: "slow"})
		s.during = func(id string) {
			if id == "slow" {
				inside <- struct{}{}
				<-goOn
			}
		}
	})
	first := make(chan answer)
	go func() { first <- s.do(t, "GET", "/voice-profile-domains/slow", "") }()
	<-inside
	second := s.do(t, "GET", "/voice-profile-domains/slow", "")
	equal(t, "a second at once", second.Status, 429)
	equal(t, "its type", second.Header.Get("x-amzn-ErrorType"), "ThrottlingException")
	equal(t, "it is to come again", second.Header.Get("X-Amz-Retry-After"), "51")
	equal(t, "another domain", s.do(t, "GET", "/voice-profile-domains/a", "").Status, 200)
	equal(t, "the list", s.do(t, "GET", "/voice-profile-domains", "").Status, 200)
	close(goOn)
	equal(t, "the first", (<-first).Status, 200)
	go func() { <-inside }()
	equal(t, "after it", s.do(t, "GET", "/voice-profile-domains/slow", "").Status, 200)
}
