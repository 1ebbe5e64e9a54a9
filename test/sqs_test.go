package test

import (
	"context"
	"encoding/json"
	"net"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"timbre"
)

// Events reach an SQS queue as the bodies of messages, which is what a consumer behind the Lambda trigger of the queue reads.
func TestEventsReachSQSQueue(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	t.Setenv("AWS_ENDPOINT_URL_SQS", moto(ctx, t))
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion("us-east-1"))
	must(t, err)
	queues := sqs.NewFromConfig(cfg)
	queue, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("calls")})
	must(t, err)
	attributes, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl:       queue.QueueUrl,
		AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	must(t, err)

	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, attributes.Attributes["QueueArn"])
	c := placeCall(ctx, t, n.SIP[0], "s3_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))

	missing := map[string]bool{
		timbre.AnalyticsReady: true, timbre.IdentificationNoMatches: true,
		timbre.VoiceprintGenerationSuccess: true, timbre.ToneSuccessful: true, timbre.ToneCompleted: true,
	}
	for len(missing) > 0 {
		got, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5})
		if err != nil {
			t.Fatalf("got error %v, want events %v", err, missing)
		}
		for _, m := range got.Messages {
			var e event
			if err := json.Unmarshal([]byte(*m.Body), &e); err != nil {
				t.Fatalf("got error %v and message %s, want an event", err, *m.Body)
			}
			if e.Source != "aws.chime" || e.Detail.TaskID != "" && e.Detail.TaskID != search && e.Detail.TaskID != tone {
				t.Errorf("got source %q and task %q, want aws.chime and %s or %s", e.Source, e.Detail.TaskID, search, tone)
			}
			delete(missing, e.status())
			_, err := queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: queue.QueueUrl, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
	}
}

// moto starts moto, a simulation of AWS, and returns its URL.
func moto(ctx context.Context, t *testing.T) string {
	t.Helper()
	exe, err := filepath.Abs("../.venv/bin/moto_server")
	must(t, err)
	needs(t, exe, "moto in the tests' Python environment (make test makes it)")
	at := freePort(t)
	_, port, _ := net.SplitHostPort(at)
	cmd := exec.CommandContext(ctx, exe, "-H", "127.0.0.1", "-p", port)
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("tcp", at); err == nil {
			conn.Close()
			return "http://" + at
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("moto does not start")
		}
	}
}
