package test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"timbre"
	"timbre/notify"
	"timbre/test/needs"
)

// fauxqs is an SQS and an SNS that have nothing in common with moto: its queues have URLs of another form, and it refuses what AWS
// refuses. Each queue, and each topic by its queue, gets single messages and batches, and FIFO ones each message once.
func TestQueuesAndTopicsOfFauxqs(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	t.Setenv("AWS_ENDPOINT_URL", fauxqs(ctx, t))
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion("us-east-1"))
	must(t, err)
	reader, sinks := sqs.NewFromConfig(cfg), awsSinks(false)
	for _, c := range []struct{ service, target, queue string }{
		{"sqs", "calls", "calls"},
		{"sns", "calls", "of-the-topic"},
		{"sqs", "calls.fifo", "calls.fifo"},
		{"sns", "calls.fifo", "of-the-topic.fifo"},
	} {
		t.Run(c.service+" "+c.target, func(t *testing.T) {
			target := "arn:aws:" + c.service + ":us-east-1:000000000000:"
			notice := func(id string) timbre.Notice {
				return timbre.Notice{ID: id, Key: "task", Target: target + c.target, Payload: []byte(`{"id":"` + id + `"}`)}
			}
			sink := sinks[c.service].(notify.Batcher)
			must(t, sink.Send(ctx, notice("1")))
			for _, err := range sink.SendBatch(ctx, []timbre.Notice{notice("2"), notice("3")}) {
				must(t, err)
			}
			if strings.HasSuffix(c.target, ".fifo") {
				must(t, sink.Send(ctx, notice("1")))
			}
			if got, want := bodiesOf(ctx, t, reader, c.queue), []string{`{"id":"1"}`, `{"id":"2"}`, `{"id":"3"}`}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
			lost := notice("4")
			lost.Target = target + "lost"
			if err := sink.Send(ctx, lost); notify.FailureOf(err).Kind != notify.Refused || !strings.Contains(err.Error(), "no such ") {
				t.Errorf("got %v, want that there is none", err)
			}
		})
	}
}

// bodiesOf reads three messages of a queue, and then that there are no more.
func bodiesOf(ctx context.Context, t *testing.T, reader *sqs.Client, queue string) (bodies []string) {
	t.Helper()
	at, err := reader.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &queue})
	must(t, err)
	for wait := int32(5); ; wait = 0 {
		got, err := reader.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: at.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: wait,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		must(t, err)
		if len(got.Messages) == 0 {
			slices.Sort(bodies)
			return bodies
		}
		for _, m := range got.Messages {
			bodies = append(bodies, *m.Body)
			_, err := reader.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: at.QueueUrl, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
	}
}

// fauxqs starts fauxqs with a queue, a topic and a FIFO one of both, and returns its URL.
func fauxqs(ctx context.Context, t *testing.T) string {
	t.Helper()
	program, err := filepath.Abs("js/node_modules/fauxqs/dist/cli.js")
	must(t, err)
	needs.Program(t, "node", "node")
	needs.Program(t, program, "fauxqs in test/js (make test installs it)")
	fifo, raw := map[string]string{"FifoQueue": "true"}, map[string]string{"RawMessageDelivery": "true"}
	type resource map[string]any
	init, err := json.Marshal(map[string][]resource{
		"queues": {{"name": "calls"}, {"name": "of-the-topic"}, {"name": "calls.fifo", "attributes": fifo}, {"name": "of-the-topic.fifo", "attributes": fifo}},
		"topics": {{"name": "calls"}, {"name": "calls.fifo", "attributes": map[string]string{"FifoTopic": "true"}}},
		"subscriptions": {
			{"topic": "calls", "queue": "of-the-topic", "attributes": raw}, {"topic": "calls.fifo", "queue": "of-the-topic.fifo", "attributes": raw},
		},
	})
	must(t, err)
	file := filepath.Join(t.TempDir(), "init.json")
	must(t, os.WriteFile(file, init, 0o600))
	at := freePort(t)
	_, port, _ := net.SplitHostPort(at)
	cmd := exec.CommandContext(ctx, "node", program)
	cmd.Env = append(os.Environ(), "FAUXQS_PORT="+port, "FAUXQS_LOGGER=false", "FAUXQS_INIT="+file)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	await(ctx, t, at)
	return "http://" + at
}
