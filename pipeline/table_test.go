package pipeline

import (
	"testing"
	"time"

	"timbre"
)

// A pipeline that is being saved holds up its own call alone.
func TestTaskDoesNotWaitForThePipelineOfAnotherCall(t *testing.T) {
	w := newWorld(t)
	w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
	other := w.liveCall()
	other.TransactionID = "other"
	w.live[other.TransactionID] = other
	w.CallBegun(t.Context(), w.liveCall())
	w.CallBegun(t.Context(), other)
	saved := w.ofCall("other")
	if len(saved) != 1 || len(w.ofCall(tx)) != 1 || len(w.all()) != 2 {
		t.Fatalf("got %d, %d pipelines of the calls and %d in all, want 1, 1 and 2", len(saved), len(w.ofCall(tx)), len(w.all()))
	}
	saved[0].mu.Lock()
	defer saved[0].mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.TaskStarted(t.Context(), timbre.Task{TransactionID: tx})
		w.CallChanged(t.Context(), w.liveCall())
		w.CallUpdated(t.Context(), w.liveCall())
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("got a wait for the pipeline of another call")
	}
}

func TestEndedPipelineIsOfNoCall(t *testing.T) {
	w := newWorld(t)
	w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
	w.CallBegun(t.Context(), w.liveCall())
	w.make()
	if err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(w.Engine.live) != 0 || len(w.ofCalls) != 0 {
		t.Errorf("got %d live pipelines, of %d calls, want none", len(w.Engine.live), len(w.ofCalls))
	}
}
