package test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"timbre"
	"timbre/config"
	"timbre/notify/kafka/kafkatest"
	"timbre/notify/nats/natstest"
	"timbre/notify/notifytest"
)

// brokers are a Kafka cluster, a NATS server and a file, with what has arrived at each. The first two have TLS and want a password.
type brokers struct {
	reader *kgo.Client
	nats   natstest.System
	file   string
	kafka  [][]byte
}

func newBrokers(t *testing.T, s *config.Settings) *brokers {
	t.Helper()
	const user, password = "timbre", "a password of brokers"
	c, folder := notifytest.NewCertificate(t, "127.0.0.1"), t.TempDir()
	authority := filepath.Join(folder, "ca.pem")
	must(t, os.WriteFile(authority, c.Authority, 0o600))

	cluster := kafkatest.New(t, kfake.TLS(c.Server), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", user, password))
	s.Notify.Kafka = config.Kafka{Brokers: cluster.ListenAddrs(), TLS: true, CA: authority, SASL: "scram-sha-512", User: user, Password: password}
	system := natstest.Serve(t, func(o *server.Options) {
		o.TLS, o.TLSConfig, o.TLSTimeout, o.Username, o.Password = true, c.Server, 5, user, password
	})
	s.Notify.NATS = config.NATS{URL: system.ClientURL(), CA: authority, User: user, Password: password}
	file := filepath.Join(folder, "events.jsonl")
	s.Notify.Files = map[string]string{"events": file}
	secured := []kgo.Opt{kgo.DialTLSConfig(c.Trusting()), kgo.SASL(scram.Auth{User: user, Pass: password}.AsSha512Mechanism())}
	return &brokers{reader: kafkatest.Reader(t, cluster, secured...), nats: system, file: file}
}

// read returns what has arrived so far, by the target.
func (b *brokers) read(ctx context.Context, t *testing.T) map[string][][]byte {
	t.Helper()
	brief, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	b.reader.PollFetches(brief).EachRecord(func(r *kgo.Record) { b.kafka = append(b.kafka, r.Value) })
	all := map[string][][]byte{"kafka": b.kafka}
	for _, m := range b.nats.Received(t) {
		all["nats"] = append(all["nats"], m.Data)
	}
	lines, err := os.ReadFile(b.file)
	if !os.IsNotExist(err) {
		must(t, err)
	}
	for line := range bytes.Lines(lines) {
		all["file"] = append(all["file"], bytes.TrimSuffix(line, []byte("\n")))
	}
	return all
}

// A call's events reach a webhook, Kafka, NATS and a file of one configuration: each the same, and those of each task in their order. Those
// of its streams go where the settings send them.
func TestEventsReachBrokersAndFiles(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	own := func(kind, name string) string {
		return fmt.Sprintf("arn:timbre:%s:us-east-1:000000000000:%s", kind, name)
	}
	hook := newReceiver(t)
	s := settings(t, t.TempDir(), hook)
	b := newBrokers(t, &s)
	s.Notify.Streaming = map[string]string{"EventBridge": "test", "SQS": own("kafka", "calls"), "SNS": own("nats", "events.streams")}
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.sendTo(ctx, t, map[string]string{
		"role": "arn:aws:iam::000000000000:role/unused",
		"sqs":  own("file", "events"), "sns": hookARN, "kinesis": own("nats", "events.results"), "lambda": own("kafka", "calls"),
	})
	c := placeCall(ctx, t, n.SIP[0], "s3_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))
	hook.wait(ctx, t, "the search ended", of(search, timbre.VoiceprintGenerationSuccess, timbre.VoiceprintGenerationFailure))
	hook.wait(ctx, t, "tone ended", of(tone, timbre.ToneCompleted))
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingEnded))) == 2 })

	results, streams := map[string]string{}, map[string]string{}
	for _, e := range hook.all(func(event) bool { return true }) {
		switch e.DetailType {
		case string(timbre.StreamingStatus):
			streams[e.ID] = string(e.Raw)
		case "Media Insights State Change":
		default:
			results[e.ID] = string(e.Raw)
		}
	}
	everything := maps.Clone(results)
	maps.Copy(everything, streams)
	for target, want := range map[string]map[string]string{"kafka": everything, "nats": everything, "file": results} {
		t.Run(target, func(t *testing.T) { wantArrived(ctx, t, b, target, want) })
	}
}

// wantArrived waits until a target has all of these events, and checks them with the others. The metadata of the call has a lane of its own.
func wantArrived(ctx context.Context, t *testing.T, b *brokers, target string, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	missing := func(id string) bool { return got[id] == "" }
	var bodies [][]byte
	for slices.ContainsFunc(slices.Collect(maps.Keys(want)), missing) {
		if ctx.Err() != nil {
			t.Fatalf("got %d events, want %d", len(got), len(want))
		}
		bodies = b.read(ctx, t)[target]
		for _, body := range bodies {
			got[decoded(t, body).ID] = string(body)
		}
	}
	for id, body := range want {
		if got[id] != body {
			t.Errorf("got %s, want %s", got[id], body)
		}
	}
	last := map[string]int64{}
	for _, body := range bodies {
		e := decoded(t, body)
		lane := cmp.Or(e.Detail.TaskID, e.Detail.TransactionID) + e.DetailType
		if e.DetailType != string(timbre.CallMetadata) && e.Detail.Sequence <= last[lane] {
			t.Errorf("event %s: got sequence %d after %d", e.ID, e.Detail.Sequence, last[lane])
		}
		last[lane] = e.Detail.Sequence
		if err := checkEvent(body); err != nil {
			t.Error(err)
		}
	}
}

func decoded(t *testing.T, body []byte) (e event) {
	t.Helper()
	must(t, json.Unmarshal(body, &e))
	return e
}
