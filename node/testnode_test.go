package node

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

const vc = "abcdefghijklmnopqrstuv"

// testNode is a node without ports, in a synctest bubble. Its store, models and stages are real.
type testNode struct {
	*Node
	t  *testing.T
	at time.Duration // media time of the call's legs
}

// withTestNode runs a test on a node whose connector creates pipelines. It runs and stops the pipelines as Run does.
func withTestNode(t *testing.T, test func(*testNode)) {
	t.Helper()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := config.Defaults()
		s.Data = folder
		for _, name := range []string{"bus", "queue"} {
			s.Notify.Webhooks = append(s.Notify.Webhooks, config.Webhook{Name: name, URL: "http://127.0.0.1:1/", Secret: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="})
		}
		s.Notify.Streaming = map[string]string{"EventBridge": "bus", "SQS": "queue"}
		n := newNode(environment.Environment{}, s)
		defer n.close()
		in := &testNode{Node: n, t: t}
		for _, open := range []func(context.Context) error{n.openStore, n.openOutbox, n.openEvents, n.openCalls, n.openTasks, n.openPipelines, n.openSummaries, n.openAdmission, n.openCredentials, n.openConsole, n.observe} {
			in.must(open(t.Context()))
		}
		in.must(n.store.CreateConnector(t.Context(), timbre.Connector{ID: vc}))
		in.must(n.store.CreateConfiguration(t.Context(), timbre.Configuration{ID: "c", Name: "c", ARN: "c", Elements: []timbre.Element{
			{Type: "VoiceAnalyticsProcessor"}, {Type: "SqsQueueSink", Target: "arn:aws:sqs:us-east-1:000000000000:sink"},
		}}))
		in.must(n.store.PutStreaming(t.Context(), vc, timbre.Streaming{Insights: &timbre.InsightsLink{ConfigurationARN: "c"}}))

		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		for _, run := range []func(context.Context){n.pipelines.Run, n.summaries.Run} { // these, also if a test makes others
			running.Go(func() { run(ctx) })
		}
		defer func() {
			n.tasks.Close()
			cancel()
			running.Wait()
		}()
		test(in)
	})
}

func (in *testNode) must(err error) {
	in.t.Helper()
	if err != nil {
		in.t.Fatal(err)
	}
}

func (in *testNode) begin(sides ...timbre.Side) (txid string, legs []timbre.LegListener) {
	in.t.Helper()
	c := timbre.Call{ConnectorID: vc}
	for i, s := range sides {
		c.Legs = append(c.Legs, timbre.Leg{Side: s, Index: i})
	}
	txid, legs, err := in.calls.Begin(in.t.Context(), c)
	in.must(err)
	return txid, legs
}

// media delivers silence on a leg for a duration.
func (in *testNode) media(leg timbre.Listener, d time.Duration) {
	for end := in.at + d; in.at < end; in.at += timbre.FrameDuration {
		leg.Frame(timbre.Frame{At: in.at, PCM: make([]int16, timbre.FrameSamples)})
		wait(timbre.FrameDuration)
	}
}

func wait(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// onlyPipeline returns the pipeline. More or fewer than one end the test.
func (in *testNode) onlyPipeline() timbre.Pipeline {
	in.t.Helper()
	list, err := in.store.ListPipelines(in.t.Context(), timbre.Page{})
	in.must(err)
	if len(list) != 1 {
		in.t.Fatalf("got %d pipelines, want 1", len(list))
	}
	p, err := in.store.Pipeline(in.t.Context(), list[0].ID)
	in.must(err)
	return p
}

func (in *testNode) wantStatus(want timbre.PipelineStatus) {
	in.t.Helper()
	p := in.onlyPipeline()
	if got := p.Status(); got != want {
		in.t.Errorf("got status %s, want %s", got, want)
	}
}

// due returns the notices that are due.
func (in *testNode) due() []timbre.Pending {
	in.t.Helper()
	depths, err := in.store.Depths(in.t.Context())
	in.must(err)
	var seqs []int64
	for _, d := range depths {
		heads, err := in.store.Due(in.t.Context(), d.Target, time.Now(), 100)
		in.must(err)
		for _, h := range heads.First {
			seqs = append(seqs, h.Seq)
		}
	}
	slices.Sort(seqs)
	list, err := in.store.Load(in.t.Context(), seqs)
	in.must(err)
	return list
}

// outbox empties the outbox and returns its notices, as "target status".
func (in *testNode) outbox() (got []string) {
	in.t.Helper()
	for {
		due := in.due()
		if len(due) == 0 {
			return got
		}
		for _, p := range due {
			var e struct {
				Detail struct{ EventType, StreamingStatus, DetailStatus string }
			}
			in.must(json.Unmarshal(p.Payload, &e))
			target := p.Target[strings.LastIndex(p.Target, ":")+1:]
			got = append(got, target+" "+cmp.Or(e.Detail.EventType, e.Detail.StreamingStatus, e.Detail.DetailStatus))
			in.must(in.store.Settle(in.t.Context(), []timbre.Outcome{{Seq: p.Seq, Fate: timbre.Delivered}}))
		}
	}
}

// wantChanges checks the state changes of the pipeline that have been posted.
func (in *testNode) wantChanges(want ...string) {
	in.t.Helper()
	var got []string
	for _, line := range in.outbox() {
		if change, is := strings.CutPrefix(line, "bus chime:"); is {
			got = append(got, "chime:"+change)
		}
	}
	if !slices.Equal(got, want) {
		in.t.Errorf("got changes %v, want %v", got, want)
	}
}

func (in *testNode) tone(txid string) timbre.Task {
	in.t.Helper()
	t, err := in.tasks.Start(in.t.Context(), timbre.Task{Kind: timbre.VoiceTone, ConnectorID: vc, TransactionID: txid})
	in.must(err)
	return t
}
