package pipeline

import (
	"errors"
	"slices"
	"testing"
	"time"

	"timbre"
)

// join adds a leg to the live call, as a re-INVITE does.
func (w *world) join(l timbre.Leg) {
	w.mu.Lock()
	c := w.live[tx]
	c.Legs = append(slices.Clone(c.Legs), l)
	w.live[tx] = c
	w.mu.Unlock()
	w.CallChanged(w.t.Context(), w.liveCall())
}

// alone makes the live call one of a single leg, with the connector's own pipeline.
func (w *world) alone(s timbre.Side) (pipelineID string) {
	w.mu.Lock()
	c := w.live[tx]
	c.Legs = []timbre.Leg{{Side: s, StreamARN: callerAt}}
	w.live[tx] = c
	w.mu.Unlock()
	w.linked = &timbre.InsightsLink{ConfigurationARN: "config"}
	w.CallBegun(w.t.Context(), w.liveCall())
	return w.events[0].Pipeline.ID
}

func (w *world) wantStreams(id string, want ...timbre.PipelineStream) {
	w.t.Helper()
	p, err := w.Pipeline(w.t.Context(), id)
	w.must(err)
	if !slices.EqualFunc(p.Streams, want, func(a, b timbre.PipelineStream) bool {
		return a.ARN == b.ARN && a.Channels == b.Channels && slices.Equal(a.Defined, b.Defined)
	}) {
		w.t.Errorf("got streams %+v, want %+v", p.Streams, want)
	}
}

func of(arn string, channel int, role string) timbre.PipelineStream {
	return timbre.PipelineStream{ARN: arn, Channels: 1, Defined: []timbre.Channel{{ID: channel, Role: role}}}
}

func TestStreamThatJoinsIsAddedToTheConnectorsPipeline(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.alone(timbre.Caller)
		hand := w.make()
		w.wantStreams(id, of(callerAt, 1, "CUSTOMER"))
		w.join(timbre.Leg{Side: timbre.Callee, StreamARN: calleeAt})
		w.wantStreams(id, of(calleeAt, 0, "AGENT"), of(callerAt, 1, "CUSTOMER"))
		if len(w.taps) != 0 {
			t.Error("got taps of a pipeline that has not begun, want none")
		}
		if _, err := w.Start(t.Context(), id, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{StreamARN: calleeAt}}); err != nil {
			t.Error(err)
		}
		w.join(timbre.Leg{Side: timbre.Caller, StreamARN: "a third"}) // a pipeline has at most two
		w.wantStreams(id, of(calleeAt, 0, "AGENT"), of(callerAt, 1, "CUSTOMER"))
		w.wantStreams(hand.ID, byHand().Streams...)
		w.wantEvents(timbre.InsightsCreated, "CallAnalyticsMetadata ")
	})
}

// The pipeline stays in progress by the media of the stream that has joined when the other one is silent.
func TestMediaOfAStreamThatJoinsKeepsThePipelineInProgress(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.alone(timbre.Caller)
		w.TaskStarted(t.Context(), timbre.Task{TransactionID: tx})
		w.media(time.Second, 0)
		w.is(id, timbre.PipelineInProgress)
		w.join(timbre.Leg{Side: timbre.Callee, StreamARN: calleeAt})
		if len(w.taps) != 2 {
			t.Fatalf("got %d taps, want 2", len(w.taps))
		}
		delete(w.taps, 0)
		w.media(time.Minute, 0)
		w.is(id, timbre.PipelineInProgress)
		wait(timbre.PipelineSilence + time.Second)
		w.is(id, timbre.PipelineStopped)
	})
}

func TestRoleOfAStreamIsSetLater(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.alone(timbre.Mixed)
		w.wantStreams(id, of(callerAt, 0, ""))
		w.mu.Lock()
		c := w.live[tx]
		c.Legs = []timbre.Leg{{Side: timbre.Caller, StreamARN: callerAt}}
		w.live[tx] = c
		w.mu.Unlock()
		w.CallChanged(t.Context(), w.liveCall())
		w.wantStreams(id, of(callerAt, 1, "CUSTOMER"))
	})
}

func TestStreamsPreferKnownParties(t *testing.T) {
	c := timbre.Call{Legs: []timbre.Leg{{StreamARN: "mixed"}, {Side: timbre.Caller, StreamARN: "a"}, {Side: timbre.Callee, StreamARN: "b"}}}
	if got := streams(c, nil); len(got) != 2 || got[0].ARN != "b" || got[1].ARN != "a" {
		t.Errorf("got streams %+v, want b and a", got)
	}
	if got := streams(c, []timbre.PipelineStream{of("mixed", 0, "")}); len(got) != 2 || got[0].ARN != "b" || got[1].ARN != "mixed" {
		t.Errorf("with a known stream: got %+v, want b and the mixed one", got)
	}
}

func TestCreateFailedReasons(t *testing.T) {
	for name, c := range map[string]struct {
		fault error
		kind  timbre.Kind
		why   string
	}{
		"quota":        {timbre.Errorf(timbre.Limit, "store", "The quota of 20 pipelines is used up."), timbre.Limit, "The quota of 20 pipelines is used up."},
		"shutdown":     {timbre.Errorf(timbre.Unavailable, "store", "the server is shutting down"), timbre.Unavailable, "the server is shutting down"},
		"full disk":    {errors.New("/secret/path is full"), timbre.Internal, "the pipeline could not be created on this server"},
		"just deleted": {timbre.Errorf(timbre.NotFound, "store", "no such thing"), timbre.NotFound, "the call analytics configuration does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.linked, w.saving = &timbre.InsightsLink{ConfigurationARN: "config"}, c.fault
				w.CallBegun(t.Context(), w.liveCall())
				last := w.events[len(w.events)-1]
				if last.Status != timbre.InsightsCreateFailed || last.Kind != c.kind || last.StatusMessage != c.why {
					t.Errorf("%s: got event %s, kind %d, %q", name, last.Status, last.Kind, last.StatusMessage)
				}
				if len(w.pipelines) != 0 || len(w.all()) != 0 {
					t.Errorf("%s: got a pipeline, want none", name)
				}
			})
		})
	}
}
