package node

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"timbre"
	"timbre/task"
)

func TestPipelineWithoutMediaFor15SecondsIsStopped(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		txid, legs := in.begin(timbre.Caller)
		in.wantStatus(timbre.PipelineNotStarted)
		wait(time.Minute) // no task has been started
		started := in.tone(txid)
		in.wantStatus(timbre.PipelineInitializing)
		in.media(legs[0], time.Second)
		in.wantStatus(timbre.PipelineInProgress)
		wait(timbre.PipelineSilence - time.Second)
		in.wantStatus(timbre.PipelineInProgress)
		in.media(legs[0], time.Second)
		wait(timbre.PipelineSilence - time.Second)
		in.wantStatus(timbre.PipelineInProgress)
		wait(2 * time.Second)
		in.wantStatus(timbre.PipelineStopped)
		in.wantChanges(timbre.InsightsCreated, timbre.InsightsInProgress, timbre.InsightsStopped)
		got, err := in.tasks.Get(in.t.Context(), timbre.VoiceTone, vc, started.ID)
		in.must(err)
		if !got.Active {
			in.t.Error("the connector's task has ended with the pipeline")
		}
	})
}

func TestPipelineIsStoppedAfterEightHours(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.begin(timbre.Caller, timbre.Callee)
		wait(timbre.PipelineLife - time.Second)
		in.wantStatus(timbre.PipelineNotStarted)
		wait(2 * time.Second)
		in.wantStatus(timbre.PipelineStopped)
		in.wantChanges(timbre.InsightsCreated, timbre.InsightsStopped)
	})
}

func TestPipelineIsStoppedAfterTwoHoursOfPause(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		in.begin(timbre.Caller, timbre.Callee)
		p := in.onlyPipeline()
		in.must(in.pipelines.Pause(in.t.Context(), p.ID))
		wait(timbre.PipelinePause - time.Second)
		in.wantStatus(timbre.PipelinePaused)
		wait(2 * time.Second)
		in.wantStatus(timbre.PipelineStopped)
		in.wantChanges(timbre.InsightsCreated, timbre.InsightsPaused, timbre.InsightsStopped)
	})
}

func TestPipelineIsStopped15SecondsAfterItsCall(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		txid, _ := in.begin(timbre.Caller)
		in.must(in.calls.End(in.t.Context(), txid, ""))
		wait(timbre.PipelineSilence - time.Second)
		in.wantStatus(timbre.PipelineNotStarted)
		wait(2 * time.Second)
		in.wantStatus(timbre.PipelineStopped)
	})
}

func TestLegThatJoinsLaterIsPartOfThePipeline(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		txid, legs := in.begin(timbre.Caller)
		in.tone(txid)
		in.media(legs[0], time.Second)
		added, err := in.calls.Update(in.t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Side: timbre.Callee, Index: 1}}})
		in.must(err)
		p := in.onlyPipeline()
		if len(p.Streams) != 2 || p.Streams[0].Defined[0].Role != "AGENT" || p.Status() != timbre.PipelineInProgress {
			in.t.Fatalf("the pipeline is %s with %+v", p.Status(), p.Streams)
		}
		on, err := in.pipelines.Start(in.t.Context(), p.ID, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{StreamARN: p.Streams[0].ARN}})
		in.must(err)
		if want := timbre.Fragment(p.Streams[0].ARN, 0); on.Source.Role != "AGENT" || on.Source.Fragment != want {
			in.t.Errorf("a task on it has %+v", on.Source)
		}
		in.at = 0
		in.media(added[0], time.Minute) // the other leg is silent all the while
		in.wantStatus(timbre.PipelineInProgress)
	})
}

// faulty is a track whose scores fail until it is mended.
type faulty struct{ mended *atomic.Bool }

func (faulty) Add(timbre.Speech) {}

func (f faulty) Score(context.Context, time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	if !f.mended.Load() {
		err = errors.New("out of memory")
	}
	return timbre.Tone{Neutral: 1}, timbre.Tone{Neutral: 1}, err == nil, err
}

func TestPipelineReportsDegradedAnalysis(t *testing.T) {
	withTestNode(t, func(in *testNode) {
		var mended atomic.Bool
		in.newTrack = func() task.Track { return faulty{&mended} }
		txid, legs := in.begin(timbre.Caller)
		in.tone(txid)
		in.media(legs[0], task.Tick+2*time.Second) // speech comes to the track 1.28 s late: the gates hold it back
		if e := in.onlyPipeline().Elements[0]; e.Status != timbre.PipelineTemporarilyFailed || e.Detail == "" {
			in.t.Errorf("got element %+v, want it to have failed for a time", e)
		}
		mended.Store(true)
		in.media(legs[0], task.Tick)
		if e := in.onlyPipeline().Elements[0]; e.Status != timbre.PipelineInProgress || e.Detail != "" {
			in.t.Errorf("got element %+v, want it to be in progress again", e)
		}
		in.wantChanges(timbre.InsightsCreated, timbre.InsightsInProgress, timbre.InsightsTemporaryFailure, timbre.InsightsInProgress)
	})
}
