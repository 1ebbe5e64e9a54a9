package node

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/call"
)

// searched makes a finished search on a call, with a match and a voiceprint.
func (in *testNode) searched(txid, match string) timbre.Task {
	in.t.Helper()
	voiceprint := timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Net: 20 * time.Second, Model: in.speakerModel}
	voiceprint.Embedding[0] = 1
	task := timbre.Task{ID: "search on " + txid, Kind: timbre.SpeakerSearch, DomainID: "d", ConnectorID: vc, TransactionID: txid, Side: timbre.Caller, Status: timbre.InProgress, Active: true}
	in.must(in.store.CreateTask(in.t.Context(), task))
	task.Active, task.Status, task.Voiceprint, task.VoiceprintMade, task.Ended = false, timbre.Succeeded, &voiceprint, time.Now(), time.Now()
	task.VoiceprintStatus, task.Identified = timbre.VoiceprintGenerationSuccess, true
	task.Matches = []timbre.Match{{ProfileID: match, Confidence: 0.97}}
	in.must(in.store.SaveTask(in.t.Context(), task, nil))
	return task
}

// takeSummaries takes the summaries out of the outbox.
func (in *testNode) takeSummaries() (payloads []string) {
	in.t.Helper()
	synctest.Wait()
	for due := in.due(); len(due) > 0; due = in.due() {
		for _, p := range due {
			var e struct{ Detail struct{ DetailStatus string } }
			in.must(json.Unmarshal(p.Payload, &e))
			if e.Detail.DetailStatus == timbre.PostCallVoiceAnalytics {
				payloads = append(payloads, string(p.Payload))
			}
			in.must(in.store.Settle(in.t.Context(), []timbre.Outcome{{Seq: p.Seq, Fate: timbre.Delivered}}))
		}
	}
	return payloads
}

func TestSummaryTellsOfMatchesAndEnrolments(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx := in.t.Context()
		in.must(in.store.CreateDomain(ctx, timbre.Domain{ID: "d", ARN: "d"}))
		in.begin(timbre.Caller) // a call without tasks
		txid, _ := in.begin(timbre.Caller, timbre.Callee)
		task := in.searched(txid, "vp-best")
		created, err := in.tasks.Enrol(ctx, task.ID)
		in.must(err)
		wait(time.Second)
		_, err = in.tasks.Renew(ctx, created.ID, task.ID)
		in.must(err)
		renewed := time.Now()
		in.must(in.calls.End(ctx, txid, ""))
		wait(timbre.SummaryDelay - time.Second)
		if got := in.takeSummaries(); len(got) != 0 {
			t.Fatalf("got summaries %s before their time, want none", got)
		}
		wait(2 * time.Second)
		got := in.takeSummaries()
		if len(got) != 1 {
			t.Fatalf("got summaries %s, want one", got)
		}
		var e struct {
			Detail struct {
				TransactionID, VoiceConnectorID string
				IsCaller                        bool
				Results                         struct {
					BestMatchedVoiceProfileID       string
					CustomerValidatedCallerIdentity string
					CreateVoiceProfileTransactions  []struct{ VoiceProfileID string }
					UpdateVoiceProfileTransactions  []struct {
						VoiceProfileID   string
						RequestTimestamp time.Time
					}
				} `json:"speakerSearchResults"`
			}
		}
		in.must(json.Unmarshal([]byte(got[0]), &e))
		d, r := e.Detail, e.Detail.Results
		if d.TransactionID != txid || d.VoiceConnectorID != vc || !d.IsCaller || r.BestMatchedVoiceProfileID != "vp-best" || r.CustomerValidatedCallerIdentity != created.ID ||
			len(r.CreateVoiceProfileTransactions) != 1 || r.CreateVoiceProfileTransactions[0].VoiceProfileID != created.ID ||
			len(r.UpdateVoiceProfileTransactions) != 1 || !r.UpdateVoiceProfileTransactions[0].RequestTimestamp.Equal(renewed.Truncate(time.Millisecond)) {
			t.Errorf("got summary %s", got[0])
		}
		wait(time.Hour)
		if got := in.takeSummaries(); len(got) != 0 {
			t.Errorf("got more summaries %s, want none", got)
		}
	})
}

// A call that was live when the server was killed is ended at the next start. Its summary, and that of a call that had just ended,
// come once.
func TestSummariesSurviveAKill(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx := in.t.Context()
		var calls []string
		for range 2 {
			txid, _ := in.begin(timbre.Caller)
			in.searched(txid, "vp-"+txid)
			calls = append(calls, txid)
		}
		in.must(in.calls.End(ctx, calls[0], ""))
		// Of a killed process nothing is left but the store: the stages are new.
		in.env.Metrics = prometheus.NewRegistry()
		in.must(in.openCalls(ctx))
		in.must(in.openSummaries(ctx))
		in.calls.Observe(call.Observers{Ended: in.summaries.Ended})
		_, err := in.calls.Interrupted(ctx)
		in.must(err)
		in.recover(ctx)
		running, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); in.summaries.Run(running) }()
		defer func() { cancel(); <-done }()
		wait(timbre.SummaryDelay + time.Second)
		var told []string
		for _, payload := range in.takeSummaries() {
			var e struct {
				Detail struct{ TransactionID string }
			}
			in.must(json.Unmarshal([]byte(payload), &e))
			told = append(told, e.Detail.TransactionID)
		}
		slices.Sort(told)
		slices.Sort(calls)
		if !slices.Equal(told, calls) {
			t.Errorf("got summaries of %v, want one of each of %v", told, calls)
		}
	})
}
