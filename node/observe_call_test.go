package node

import (
	"context"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

func TestTaskReceivesALegThatJoins(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		txid, _ := in.begin(timbre.Caller)
		in.tone(txid)
		_, err := in.calls.Update(in.t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Side: timbre.Callee, Index: 1}}})
		in.must(err)
		in.must(in.calls.End(in.t.Context(), txid, ""))
		synctest.Wait()
		failures := 0
		for _, line := range in.outbox() {
			if line == "sink "+timbre.ToneFailure {
				failures++
			}
		}
		if failures != 2 {
			t.Errorf("got %d failures of a leg without audio, want one for each leg, 2", failures)
		}
	})
}

func TestEndedCallHasARecord(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		txid, _ := in.begin(timbre.Caller)
		in.must(in.calls.End(in.t.Context(), txid, ""))
		files := 0
		in.must(filepath.WalkDir(in.settings.LogFolder(), func(_ string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files++
			}
			return err
		}))
		if files == 0 {
			t.Error("got no call detail record, want one")
		}
	})
}

func TestPostedNoticeIsDispatchedAtOnce(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx, cancel := context.WithCancel(in.t.Context())
		stopped := make(chan struct{})
		go func() { defer close(stopped); in.notices.Run(ctx) }()
		defer func() { cancel(); <-stopped }()
		synctest.Wait() // the dispatcher waits for work
		// A target without a sink becomes a dead letter without a network.
		in.must(in.store.Post(ctx, []timbre.Notice{{ID: "Id-1", Key: "k", Target: "arn:aws:s3:::bucket", Payload: []byte("{}"), Created: time.Now()}}))
		synctest.Wait()
		if some, err := in.store.Depths(ctx); err != nil || len(some) != 1 || some[0].Waiting > 0 {
			t.Errorf("got %v, %v; want a dead letter and nothing that waits", some, err)
		}
	})
}

// Without the observer, the voiceprints of a deleted domain stay in memory, and a domain of the same id would be searched in
// them.
func TestDeletedDomainLeavesTheSearchCache(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		ctx := in.t.Context()
		voiceprint := timbre.Voiceprint{Embedding: make(timbre.Embedding, 256), Net: 20 * time.Second, Model: "m"}
		voiceprint.Embedding[0] = 1
		task := timbre.Task{ID: "task", Kind: timbre.SpeakerSearch, DomainID: "d", ConnectorID: vc, TransactionID: "tx", Status: timbre.InProgress, Active: true}
		domain := timbre.Domain{ID: "d", ARN: "d"}
		in.must(in.store.CreateDomain(ctx, domain))
		in.must(in.store.CreateTask(ctx, task))
		task.Active, task.Status, task.Voiceprint = false, timbre.Succeeded, &voiceprint
		task.VoiceprintStatus = timbre.VoiceprintGenerationSuccess
		in.must(in.store.SaveTask(ctx, task, nil))
		now := time.Now()
		in.must(in.store.EnrolProfile(ctx, timbre.Profile{ID: "p", ARN: "p", DomainID: "d", Voiceprint: voiceprint, Created: now, Expires: now.Add(time.Hour)}, "task"))
		found, err := in.search.Search(ctx, "d", voiceprint)
		in.must(err)
		if len(found.Matches) != 1 {
			t.Fatalf("got %d matches, want 1", len(found.Matches))
		}
		in.must(in.store.DeleteDomain(ctx, "d"))
		in.must(in.store.CreateDomain(ctx, domain))
		found, err = in.search.Search(ctx, "d", voiceprint)
		in.must(err)
		if len(found.Matches) != 0 {
			t.Errorf("got matches %v in an empty domain, want none", found.Matches)
		}
	})
}
