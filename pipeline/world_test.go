package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
)

const (
	tx       = "tx"
	callerAt = "arn:aws:kinesisvideo:us-east-1:000000000000:stream/caller/1"
	calleeAt = "arn:aws:kinesisvideo:us-east-1:000000000000:stream/callee/2"
)

// world is an Engine with a live call and its dependencies in memory.
type world struct {
	*Engine
	t *testing.T

	mu        sync.Mutex
	live      map[string]timbre.Call
	taps      map[int]timbre.Tap
	at        time.Duration // media time of all legs
	pipelines map[string]timbre.Pipeline
	config    timbre.Configuration
	linked    *timbre.InsightsLink
	tasks     map[string]timbre.Task
	events    []timbre.Event
	saving    error // of every write
	ids       int
}

func newWorld(t *testing.T) *world {
	w := &world{
		t: t, taps: map[int]timbre.Tap{}, pipelines: map[string]timbre.Pipeline{}, tasks: map[string]timbre.Task{},
		live: map[string]timbre.Call{tx: {TransactionID: tx, ConnectorID: "vc", CallID: "a@b", From: "1", To: "2", Direction: "Outbound", Legs: []timbre.Leg{
			{Side: timbre.Caller, StreamARN: callerAt}, {Side: timbre.Callee, StreamARN: calleeAt},
		}}},
		config: timbre.Configuration{ARN: "config", Elements: []timbre.Element{{Type: "S3RecordingSink"}, {Type: "VoiceAnalyticsProcessor"}, {Type: "SqsQueueSink"}}},
	}
	w.open()
	return w
}

// open creates an Engine: the first one, or the one after a crash.
func (w *world) open() {
	w.Engine = New(environment.Environment{Account: "000000000000", Region: "us-east-1", NewID: func() string {
		defer w.lock()()
		w.ids++
		return fmt.Sprintf("id-%d", w.ids)
	}}, Deps{Store: w, Announcer: w, Calls: w, Tasks: fakeTasks{w}})
}

// recover is what a start after a crash does.
func (w *world) recover() error {
	return errors.Join(w.Interrupted(w.t.Context()), w.Recover(w.t.Context()))
}

// inWorld runs a test with a running Engine in a synctest bubble.
func inWorld(t *testing.T, test func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); w.Run(ctx) }()
		test(w)
		cancel()
		<-done
	})
}

func byHand() timbre.Pipeline {
	return timbre.Pipeline{
		ConfigurationARN: "config", Encoding: "pcm", SampleRate: 8000,
		Streams: []timbre.PipelineStream{{ARN: callerAt, Channels: 1}},
	}
}

func (w *world) make() timbre.Pipeline {
	w.t.Helper()
	p, err := w.Create(w.t.Context(), byHand())
	w.must(err)
	return p
}

func (w *world) start(id string) timbre.Task {
	w.t.Helper()
	t, err := w.Start(w.t.Context(), id, timbre.Task{Kind: timbre.VoiceTone, Source: &timbre.PipelineSource{StreamARN: callerAt}})
	w.must(err)
	return t
}

// media sends frames of 20 ms for d, and then waits.
func (w *world) media(d, then time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); wait(timbre.FrameDuration) {
		for _, t := range w.taps {
			t.Frame(timbre.Frame{})
		}
	}
	wait(then)
}

func wait(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) is(id string, want timbre.PipelineStatus) {
	w.t.Helper()
	p, err := w.Pipeline(w.t.Context(), id)
	w.must(err)
	if got := p.Status(); got != want {
		w.t.Errorf("got status %s, want %s", got, want)
	}
}

func (w *world) wantEvents(want ...string) {
	w.t.Helper()
	defer w.lock()()
	var got []string
	for _, e := range w.events {
		got = append(got, strings.TrimPrefix(string(e.Type)+" "+e.Status, string(timbre.PipelineState)+" "))
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("got events %v, want %v", got, want)
	}
}

func (w *world) refused(what string, err error, want timbre.Kind) {
	w.t.Helper()
	if err == nil || timbre.KindOf(err) != want {
		w.t.Errorf("%s: got %v, want kind %d", what, err, want)
	}
}

// liveCall returns the live call.
func (w *world) liveCall() timbre.Call {
	defer w.lock()()
	return w.live[tx]
}
