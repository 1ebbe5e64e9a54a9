package aws_test

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/aws"
	"timbre/notify/aws/awstest"
	"timbre/notify/eventbridge"
	"timbre/notify/kinesis"
	"timbre/notify/lambda"
	"timbre/notify/sns"
	"timbre/notify/sqs"
)

func TestEachServiceHasAnEndpointOfItsOwn(t *testing.T) {
	for variable, c := range map[string]struct {
		target string
		sink   func(*aws.Account) notify.Sink
	}{
		"AWS_ENDPOINT_URL_SQS": {
			"sqs:us-east-1:111122223333:calls",
			func(a *aws.Account) notify.Sink { return sqs.New(a, sqs.Config{}) },
		},
		"AWS_ENDPOINT_URL_SNS": {
			"sns:us-east-1:111122223333:calls",
			func(a *aws.Account) notify.Sink { return sns.New(a, sns.Config{}) },
		},
		"AWS_ENDPOINT_URL_KINESIS": {
			"kinesis:us-east-1:111122223333:stream/calls",
			func(a *aws.Account) notify.Sink { return kinesis.New(a) },
		},
		"AWS_ENDPOINT_URL_LAMBDA": {
			"lambda:us-east-1:111122223333:function:calls",
			func(a *aws.Account) notify.Sink { return lambda.New(a) },
		},
		"AWS_ENDPOINT_URL_EVENTBRIDGE": {
			"events:us-east-1:111122223333:event-bus/calls",
			func(a *aws.Account) notify.Sink { return eventbridge.New(a, eventbridge.Config{}) },
		},
	} {
		t.Run(variable, func(t *testing.T) {
			url, requests := answering(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) })
			account := awstest.Account(t, "http://127.0.0.1:1")
			t.Setenv(variable, url)
			err := c.sink(account).Send(t.Context(), timbre.Notice{ID: "Id-1", Key: "k", Target: "arn:aws:" + c.target, Payload: []byte("{}")})
			if err == nil || *requests != 1 {
				t.Errorf("got %v after %d requests, want the refusal of the endpoint after one", err, *requests)
			}
		})
	}
}

// An endpoint of one's own may have a certificate of one's own, and HTTP/2 over it.
func TestCertificatesOfTheSettingsAreTrusted(t *testing.T) {
	protocol := ""
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocol = r.Proto
		accept(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	send := func() error {
		return sns.New(aws.New(environment.Environment{Region: "us-east-1"}, aws.Config{}), sns.Config{}).Send(t.Context(), notice())
	}
	awstest.Settings(t, server.URL)
	wantCause(t, send(), notify.ForNow, "the endpoint cannot be reached: tls: failed to verify certificate")

	bundle := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CA_BUNDLE", bundle)
	if err := send(); err != nil || protocol != "HTTP/2.0" {
		t.Errorf("got %v over %q, want no error over HTTP/2", err, protocol)
	}
}
