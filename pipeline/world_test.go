package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
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

func none() error { return timbre.Errorf(timbre.NotFound, "fake", "does not exist") }

func (w *world) lock() func() { w.mu.Lock(); return w.mu.Unlock }

func (w *world) CreatePipeline(_ context.Context, p timbre.Pipeline, _ []timbre.Notice) error {
	defer w.lock()()
	for _, o := range w.pipelines {
		if p.Token != "" && o.Token == p.Token {
			return timbre.Errorf(timbre.Conflict, "fake", "the token is taken")
		}
	}
	if w.saving == nil {
		w.pipelines[p.ID] = p
	}
	return w.saving
}

func (w *world) SavePipeline(_ context.Context, p timbre.Pipeline, _ []timbre.Notice) error {
	defer w.lock()()
	if w.saving == nil {
		w.pipelines[p.ID] = p
	}
	return w.saving
}

func (w *world) Pipeline(_ context.Context, identifier string) (timbre.Pipeline, error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.ID == identifier || p.ARN == identifier {
			return p, nil
		}
	}
	return timbre.Pipeline{}, none()
}

func (w *world) PipelineByToken(_ context.Context, token string) (timbre.Pipeline, error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.Token == token {
			return p, nil
		}
	}
	return timbre.Pipeline{}, none()
}

func (w *world) LivePipelines(context.Context) (list []timbre.Pipeline, _ error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.Ended.IsZero() {
			list = append(list, p)
		}
	}
	return list, nil
}

func (w *world) DeletePipeline(_ context.Context, id string, _ []timbre.Notice) error {
	defer w.lock()()
	delete(w.pipelines, id)
	return nil
}

func (w *world) Post(context.Context, []timbre.Notice) error { return nil }

func (w *world) Configuration(_ context.Context, arn string) (timbre.Configuration, error) {
	if arn != w.config.ARN {
		return timbre.Configuration{}, none()
	}
	return w.config, nil
}

func (w *world) Streaming(context.Context, string) (timbre.Streaming, error) {
	return timbre.Streaming{Insights: w.linked}, nil
}

func (w *world) Notices(_ context.Context, events ...timbre.Event) ([]timbre.Notice, error) {
	defer w.lock()()
	w.events = append(w.events, events...)
	return nil, nil
}

func (w *world) Live() []timbre.Call {
	defer w.lock()()
	return slices.Collect(maps.Values(w.live))
}

func (w *world) Call(id string) (timbre.Call, bool) {
	defer w.lock()()
	c, ok := w.live[id]
	return c, ok
}

func (w *world) Tap(_ string, leg int, t timbre.Tap) (func(), error) {
	defer w.lock()()
	w.taps[leg] = t
	return func() { defer w.lock()(); delete(w.taps, leg) }, nil
}

func (w *world) MediaTime(string, int) time.Duration { return w.at }

// fakeTasks is the task engine.
type fakeTasks struct{ *world }

func (o fakeTasks) Start(_ context.Context, t timbre.Task) (timbre.Task, error) {
	defer o.lock()()
	for _, other := range o.tasks {
		if other.Active && other.Kind == t.Kind && other.Source.StreamARN == t.Source.StreamARN {
			return timbre.Task{}, timbre.Errorf(timbre.Limit, "fake", "active")
		}
	}
	o.ids++
	t.ID, t.Active = fmt.Sprintf("task-%d", o.ids), true
	o.tasks[t.ID] = t
	return t, nil
}

func (o fakeTasks) Repeated(_ context.Context, t timbre.Task) (timbre.Task, bool, error) {
	defer o.lock()()
	for _, other := range o.tasks {
		if t.Token != "" && other.Token == t.Token {
			return other, true, nil
		}
	}
	return timbre.Task{}, false, nil
}

func (o fakeTasks) Get(_ context.Context, _ timbre.TaskKind, owner, id string) (timbre.Task, error) {
	defer o.lock()()
	if t, ok := o.tasks[id]; ok && t.Owner() == owner {
		return t, nil
	}
	return timbre.Task{}, none()
}

func (o fakeTasks) Stop(ctx context.Context, kind timbre.TaskKind, owner, id string) error {
	t, err := o.Get(ctx, kind, owner, id)
	defer o.lock()()
	t.Active = false
	if err == nil {
		o.tasks[id] = t
	}
	return err
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
		got = append(got, e.Status)
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
