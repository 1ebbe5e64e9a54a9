package sqs_test

import (
	"strings"
	"testing"

	"timbre/notify/aws/awstest"
	"timbre/notify/notifytest"
	"timbre/notify/sqs"
)

func TestSinkKeepsItsPromises(t *testing.T) {
	for _, c := range []struct {
		name   string
		target func(url string) (known, unknown string)
	}{
		{"URL", func(url string) (string, string) { return url + "/111122223333/calls", url + "/111122223333/lost" }},
		{"ARN", func(string) (string, string) { return calls, strings.Replace(calls, "calls", "lost", 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			notifytest.Run(t, func(t *testing.T) notifytest.Backend { return backend(t, c.target) })
		})
	}
}

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend {
		return backend(b, func(string) (string, string) { return calls, "" })
	})
}

// backend is a sink with a fake behind it, whose URL target makes a known queue and an unknown one of.
func backend(t testing.TB, target func(url string) (known, unknown string)) notifytest.Backend {
	t.Helper()
	q := &queues{messages: map[string][]message{}}
	service := notifytest.NewService(t, q, awstest.RefuseJSON)
	q.at = service.URL
	queue := q.at + "/111122223333/calls"
	q.messages[queue] = nil
	known, unknown := target(q.at)
	return notifytest.Backend{
		Sink: sqs.New(awstest.Account(t, q.at), sqs.Config{}), Service: service, Target: known, Unknown: unknown,
		Received: func() []string { return q.bodies(queue) }, MaxPayload: maxBody,
		Secrets: []string{awstest.Secret, awstest.Token},
	}
}
