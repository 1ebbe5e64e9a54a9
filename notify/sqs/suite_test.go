package sqs_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"timbre/environment"
	"timbre/notify/notifytest"
	"timbre/notify/sqs"
)

// refuse answers as SQS does.
func refuse(w http.ResponseWriter, f notifytest.Fault) {
	status, code := http.StatusBadRequest, "com.amazonaws.sqs#UnsupportedOperation"
	switch f {
	case notifytest.RefusedForNow:
		status, code = http.StatusServiceUnavailable, "com.amazonaws.sqs#RequestThrottled"
	case notifytest.BadCredentials:
		status, code = http.StatusForbidden, "com.amazonaws.sqs#InvalidSecurity"
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"__type":"` + code + `","message":"refused"}`))
}

func TestSinkKeepsItsPromises(t *testing.T) {
	for _, c := range []struct {
		name   string
		target func(url string) (known, unknown string)
	}{
		{"URL", func(url string) (string, string) { return url + "/111122223333/calls", url + "/111122223333/lost" }},
		{"ARN", func(string) (string, string) { return calls, strings.Replace(calls, "calls", "lost", 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			notifytest.Run(t, func(t *testing.T) notifytest.Backend {
				q := &queues{messages: map[string][]string{}}
				service := notifytest.NewService(t, q, refuse)
				q.at = service.URL
				queue := q.at + "/111122223333/calls"
				q.messages[queue] = nil
				settings(t)
				t.Setenv("AWS_ENDPOINT_URL_SQS", q.at)
				known, unknown := c.target(q.at)
				return notifytest.Backend{
					Sink: sqs.New(environment.Environment{Region: "us-east-1"}, sqs.Config{}), Service: service, Target: known, Unknown: unknown,
					Received: func() []string { return q.events(queue) }, MaxPayload: maxBody, Secrets: []string{"topsecret"},
				}
			})
		})
	}
}

// events returns the events in the messages of a queue.
func (q *queues) events(url string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	events := slices.Clone(q.messages[url])
	for i, body := range events {
		events[i] = strings.TrimSuffix(strings.TrimPrefix(body, `{"Records":[`), "]}")
	}
	return events
}
