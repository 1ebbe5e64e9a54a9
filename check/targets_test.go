package check

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/config"
)

func TestTargetsOfTheSettingsAreReached(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_SNS", "http://sns.internal:4566")
	m := sound(t)
	n := &m.Settings.Notify
	n.Webhooks = []config.Webhook{{Name: "crm", URL: "https://crm.example/hook?token=x"}, {Name: "plain", URL: "http://[2001:db8::1]:8000/"}}
	n.Streaming = map[string]string{
		"SQS": "https://sqs.eu-west-1.amazonaws.com/000000000000/calls", "SNS": "arn:aws:sns:us-east-1:000000000000:calls",
		"EventBridge": "arn:aws-cn:events:cn-north-1:000000000000:event-bus/calls",
	}
	n.Kafka.Brokers, n.Kafka.TLS = []string{"a.example:9093"}, true
	n.NATS.URL = "nats://b.example,tls://c.example:4333"
	m.Settings.Traces.OTLP = "http://127.0.0.1:4318/v1/traces"
	var mu sync.Mutex
	var got []string
	m.dial = func(_ context.Context, at string, secure *tls.Config) error {
		mu.Lock()
		defer mu.Unlock()
		if secure != nil {
			at += " tls"
		}
		got = append(got, at)
		return nil
	}
	r := m.run(t, "targets")
	slices.Sort(got)
	want := []string{
		"127.0.0.1:4318", "[2001:db8::1]:8000", "a.example:9093 tls", "b.example:4222", "c.example:4333", "crm.example:443 tls",
		"events.cn-north-1.amazonaws.com.cn:443 tls", "sns.internal:4566", "sqs.eu-west-1.amazonaws.com:443 tls",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, f := range r.Findings {
		if strings.Contains(f.Text, "token") {
			t.Errorf("got %q, want no part of a URL that may be secret", f.Text)
		}
	}
}

func TestConnectSpeaksTLSAndSendsNothing(t *testing.T) {
	asked := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	at := s.Listener.Addr().String()
	trusting := s.Client().Transport.(*http.Transport).TLSClientConfig
	if err := connect(t.Context(), at, trusting); err != nil {
		t.Errorf("got %v of a server with a certificate that is trusted", err)
	}
	if err := connect(t.Context(), at, &tls.Config{MinVersion: tls.VersionTLS12}); err == nil {
		t.Error("got no error of a server with a certificate that is not trusted")
	}
	if err := connect(t.Context(), at, nil); err != nil {
		t.Errorf("got %v, want a connection", err)
	}
	if asked {
		t.Error("the server was asked for something")
	}
}

// Scripts tell a target that is down from a server that would not start.
func TestUnreachedTargetsHaveAStatusOfTheirOwn(t *testing.T) {
	m := sound(t)
	m.Settings.Notify.Webhooks = []config.Webhook{{Name: "crm", URL: "https://crm.example/hook"}}
	m.dial = func(context.Context, string, *tls.Config) error { return errors.New("connection refused") }
	unreached := m.run(t, "targets")
	if err := unreached.Failed(false); timbre.KindOf(err) != timbre.Unavailable || !strings.Contains(err.Error(), "targets that cannot be reached: 1") {
		t.Errorf("got %v of %+v, want Unavailable", err, unreached.Findings)
	}
	if f := unreached.Findings[0]; f.Check != "targets" || !strings.Contains(f.Text, "notify.webhooks crm") {
		t.Errorf("got %+v, want the webhook named", f)
	}
	for name, other := range map[string]Finding{"a failure": {Level: Failure, Check: "ports"}, "a warning": {Level: Warning, Check: "clock"}} {
		r := Report{Findings: append(slices.Clone(unreached.Findings), other)}
		if err := r.Failed(true); timbre.KindOf(err) != timbre.Unprocessable {
			t.Errorf("beside %s: got %v, want Unprocessable", name, err)
		}
	}
}
