package test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/config"
	"timbre/test/needs"
)

// arrival is an event that boto3 has read at a target.
type arrival struct {
	Event                json.RawMessage `json:"event"`
	Group, Deduplication string
	event                event
}

// TestAWS is what is tested with moto, a simulation of AWS, of which one runs for all.
func TestAWS(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	endpoint := moto(ctx, t)
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "server")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var arns map[string]string
	must(t, json.Unmarshal(python(ctx, t, "aws_setup.py", endpoint), &arns))
	t.Run("events of a call reach all services", func(t *testing.T) { testEventsReachAllServices(ctx, t, endpoint, arns) })
	t.Run("webhooks beside services", func(t *testing.T) { testWebhooksBesideServices(ctx, t, endpoint, arns) })
	t.Run("errors name their cause", func(t *testing.T) { testCauses(ctx, t, endpoint, arns) })
}

// motoTargets are those of the account that moto has.
const motoTargets = "arn:aws:*:*:123456789012:*"

// A call's events reach all sinks of a configuration under its role, and those of its streams the targets of the settings. boto3 makes
// the targets and reads what has arrived.
func testEventsReachAllServices(ctx context.Context, t *testing.T, endpoint string, arns map[string]string) {
	s := settings(t, t.TempDir(), newReceiver(t))
	s.AWS.AssumeRoles = true
	s.Notify.Targets = []string{motoTargets}
	s.Notify.Streaming = map[string]string{"EventBridge": arns["eventbridge"], "SQS": arns["sqs.fifo"], "SNS": arns["sns.fifo"]}
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.sendTo(ctx, t, arns)
	c := placeCall(ctx, t, n.SIP[0], "s3_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))

	results := map[string]int{timbre.VoiceprintGenerationSuccess: 1, timbre.ToneCompleted: 2}
	ends := map[string]int{timbre.StreamingEnded: 2}
	counts, err := json.Marshal(map[string]map[string]int{
		"sqs": results, "sns": results, "kinesis": results, "lambda": results, "eventbridge": ends, "sqs.fifo": ends, "sns.fifo": ends,
	})
	must(t, err)
	var read struct {
		Arrived map[string][]arrival
		Assumed int
	}
	must(t, json.Unmarshal(python(ctx, t, "aws_read.py", endpoint, string(counts)), &read))
	if read.Assumed != 1 {
		t.Errorf("got the role assumed %d times, want once for all sinks", read.Assumed)
	}
	for service, all := range read.Arrived {
		for i := range all {
			must(t, json.Unmarshal(all[i].Event, &all[i].event))
			if service == "eventbridge" { // makes an envelope of its own, which moto leaves without an account
				continue
			}
			if err := checkEvent(all[i].Event); err != nil {
				t.Errorf("%s: %v", service, err)
			}
		}
		read.Arrived[service] = all
	}
	for _, service := range []string{"sqs", "sns", "kinesis", "lambda"} {
		t.Run("consumers read "+service, func(t *testing.T) { wantRead(t, service, read.Arrived[service]) })
	}
	read.Arrived["kinesis"] = wantMetadata(t, read.Arrived["kinesis"])
	wantResults(t, read.Arrived, c.TransactionID, search, tone)
	wantStreams(t, read.Arrived, c.TransactionID)
}

// One configuration may have several webhooks and targets of AWS: each gets the same events.
func testWebhooksBesideServices(ctx context.Context, t *testing.T, endpoint string, arns map[string]string) {
	first, second := newReceiver(t), newReceiver(t)
	s := settings(t, t.TempDir(), first)
	s.Notify.Targets = []string{motoTargets}
	s.Notify.Webhooks = append(s.Notify.Webhooks, config.Webhook{Name: "second", URL: second.URL, Secret: hookSecret})
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.sendTo(ctx, t, map[string]string{
		"role": arns["role"], "sqs": arns["sqs"], "sns": arns["sns"], "kinesis": hookARN, "lambda": s.WebhookARN("second"),
	})
	c := placeCall(ctx, t, n.SIP[0], "s3_second")
	must(t, c.Hangup(ctx))
	ready := func(e event) bool { return e.DetailType == string(timbre.VoiceAnalyticsStatus) }
	want := map[string]string{}
	for _, hook := range []*receiver{first, second} {
		hook.wait(ctx, t, "both legs ready", func(event) bool { return len(hook.all(ready)) == 2 })
		for _, e := range hook.all(ready) {
			want[e.ID] = string(e.Raw)
		}
	}
	if len(want) != 2 {
		t.Errorf("got %d events at two webhooks, want the same two at each", len(want))
	}
	counts, err := json.Marshal(map[string]map[string]int{"sqs": {timbre.AnalyticsReady: 2}, "sns": {timbre.AnalyticsReady: 2}})
	must(t, err)
	var read struct{ Arrived map[string][]arrival }
	must(t, json.Unmarshal(python(ctx, t, "aws_read.py", endpoint, string(counts)), &read))
	for _, service := range []string{"sqs", "sns"} {
		got := map[string]string{}
		for _, a := range read.Arrived[service] {
			got[readEvent(t, event{Raw: a.Event}).fields["id"].(string)] = string(a.Event)
		}
		for id := range want {
			if got[id] == "" {
				t.Errorf("%s: got %v, want event %s", service, slices.Collect(maps.Keys(got)), id)
			}
		}
	}
}

// wantRead checks that the readers of consumers in the field, which are functions behind a sink, can read its events: see
// TestConsumersReadGoldenEvents.
func wantRead(t *testing.T, service string, arrived []arrival) {
	t.Helper()
	folder := t.TempDir()
	for i, a := range arrived {
		must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%03d.json", i)), a.Event, 0o600))
	}
	out, err := exec.Command("python3", "consumer/read.py", folder, service).CombinedOutput()
	if want := fmt.Sprintf("%d events read", len(arrived)); len(arrived) == 0 || err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("got %s (%v), want %q", out, err, want)
	}
}

// wantMetadata checks that a stream has got the metadata of the call, which goes nowhere else, and returns the other records.
func wantMetadata(t *testing.T, records []arrival) (others []arrival) {
	t.Helper()
	for _, r := range records {
		if r.event.DetailType != string(timbre.CallMetadata) {
			others = append(others, r)
		}
	}
	if len(others) != len(records)-1 {
		t.Errorf("got %d records of metadata, want one", len(records)-len(others))
	}
	return others
}

// wantResults checks that all four sinks have the same events, unchanged and keyed by the task.
func wantResults(t *testing.T, arrived map[string][]arrival, transaction, search, tone string) {
	t.Helper()
	for _, service := range []string{"sqs", "sns", "kinesis", "lambda"} {
		statuses := map[string]int{}
		for _, a := range arrived[service] {
			statuses[a.event.status()]++
			task := cmp.Or(a.event.Detail.TaskID, transaction)
			if !slices.Contains([]string{transaction, search, tone}, task) || a.event.Source != "aws.chime" {
				t.Errorf("%s: got task %q from %q", service, task, a.event.Source)
			}
			if service == "kinesis" && a.Group != task {
				t.Errorf("got partition key %q, want task %q", a.Group, task)
			}
		}
		want := map[string]int{
			timbre.AnalyticsReady: 2, timbre.IdentificationNoMatches: 1, timbre.VoiceprintGenerationSuccess: 1, timbre.ToneCompleted: 2,
			timbre.ToneSuccessful: max(1, statuses[timbre.ToneSuccessful]), timbre.ToneFailure: statuses[timbre.ToneFailure],
		}
		if statuses[timbre.ToneFailure] == 0 {
			delete(want, timbre.ToneFailure)
		}
		if !maps.Equal(statuses, want) {
			t.Errorf("%s: got events %v, want %v", service, statuses, want)
		}
		if got, want := texts(arrived[service]), texts(arrived["sqs"]); !maps.Equal(got, want) {
			t.Errorf("%s: got %d events, and not the %d of the queue", service, len(got), len(want))
		}
	}
}

// texts are the events by their ids.
func texts(all []arrival) map[string]string {
	texts := map[string]string{}
	for _, a := range all {
		texts[a.event.ID] = string(a.Event)
	}
	return texts
}

// wantStreams checks that both streams of the call start and end at each target, in their order and deduplicated where it is FIFO.
func wantStreams(t *testing.T, arrived map[string][]arrival, transaction string) {
	t.Helper()
	for _, service := range []string{"eventbridge", "sqs.fifo", "sns.fifo"} {
		var statuses []string
		pipelines := 0
		for _, a := range arrived[service] {
			if service != "eventbridge" && (a.Group != transaction || a.Deduplication != a.event.ID) {
				t.Errorf("%s: got group %q and deduplication %q, want call %q and event %q", service, a.Group, a.Deduplication, transaction, a.event.ID)
			}
			if a.event.Source != "aws.chime" || a.event.Time.IsZero() {
				t.Errorf("%s: got envelope %+v", service, a.event)
			}
			if a.event.DetailType == string(timbre.StreamingStatus) {
				statuses = append(statuses, a.event.status())
			} else {
				pipelines++
			}
		}
		if (pipelines > 0) != (service == "eventbridge") {
			t.Errorf("%s: got %d events of pipelines, want them on the bus alone", service, pipelines)
		}
		want := []string{timbre.StreamingStarted, timbre.StreamingStarted, timbre.StreamingAllStarted, timbre.StreamingEnded, timbre.StreamingEnded}
		if !slices.Equal(statuses, want) {
			t.Errorf("%s: got %v, want %v", service, statuses, want)
		}
	}
}

// sendTo gives the connector a configuration with all four kinds of sinks, and all three targets of streaming events.
func (h deployment) sendTo(ctx context.Context, t *testing.T, arns map[string]string) {
	t.Helper()
	element := func(kind mptypes.MediaInsightsPipelineConfigurationElementType) mptypes.MediaInsightsPipelineConfigurationElement {
		return mptypes.MediaInsightsPipelineConfigurationElement{Type: kind}
	}
	queue, topic := element(mptypes.MediaInsightsPipelineConfigurationElementTypeSqsQueueSink), element(mptypes.MediaInsightsPipelineConfigurationElementTypeSnsTopicSink)
	stream, function := element(mptypes.MediaInsightsPipelineConfigurationElementTypeKinesisDataStreamSink), element(mptypes.MediaInsightsPipelineConfigurationElementTypeLambdaFunctionSink)
	queue.SqsQueueSinkConfiguration = &mptypes.SqsQueueSinkConfiguration{InsightsTarget: aws.String(arns["sqs"])}
	topic.SnsTopicSinkConfiguration = &mptypes.SnsTopicSinkConfiguration{InsightsTarget: aws.String(arns["sns"])}
	stream.KinesisDataStreamSinkConfiguration = &mptypes.KinesisDataStreamSinkConfiguration{InsightsTarget: aws.String(arns["kinesis"])}
	function.LambdaFunctionSinkConfiguration = &mptypes.LambdaFunctionSinkConfiguration{InsightsTarget: aws.String(arns["lambda"])}
	cfg, err := h.media.CreateMediaInsightsPipelineConfiguration(ctx, &pipelines.CreateMediaInsightsPipelineConfigurationInput{
		MediaInsightsPipelineConfigurationName: aws.String("everywhere"), ResourceAccessRoleArn: aws.String(arns["role"]),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{
			element(mptypes.MediaInsightsPipelineConfigurationElementTypeVoiceAnalyticsProcessor), queue, topic, stream, function,
		},
	})
	must(t, err)
	_, err = h.voice.PutVoiceConnectorStreamingConfiguration(ctx, &voice.PutVoiceConnectorStreamingConfigurationInput{
		VoiceConnectorId: &h.connector,
		StreamingConfiguration: &vtypes.StreamingConfiguration{
			DataRetentionInHours: aws.Int32(0), Disabled: aws.Bool(false),
			StreamingNotificationTargets: []vtypes.StreamingNotificationTarget{
				{NotificationTarget: vtypes.NotificationTargetEventBridge},
				{NotificationTarget: vtypes.NotificationTargetSqs},
				{NotificationTarget: vtypes.NotificationTargetSns},
			},
			MediaInsightsConfiguration: &vtypes.MediaInsightsConfiguration{
				Disabled: aws.Bool(false), ConfigurationArn: cfg.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn,
			},
		},
	})
	must(t, err)
}

// moto starts moto, a simulation of AWS, and returns its URL.
func moto(ctx context.Context, t *testing.T) string {
	t.Helper()
	exe, err := filepath.Abs("../.venv/bin/moto_server")
	must(t, err)
	needs.Program(t, exe, "moto in the tests' Python environment (make test makes it)")
	at := freePort(t)
	_, port, _ := net.SplitHostPort(at)
	cmd := exec.CommandContext(ctx, exe, "-H", "127.0.0.1", "-p", port)
	cmd.Dir = t.TempDir() // it writes what it records
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	await(ctx, t, at)
	return "http://" + at
}

// await waits until a server accepts connections.
func await(ctx context.Context, t *testing.T, at string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if conn, err := net.Dial("tcp", at); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("nothing listens on %s", at)
		}
	}
}
