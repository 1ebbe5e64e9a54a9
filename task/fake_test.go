package task

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// saved is a task as it was written down, with what went out with it.
type saved struct {
	timbre.Task
	notices []timbre.Notice
}

// memory is a store that forgets everything at the end of the test.
type memory struct {
	mu         sync.Mutex
	tasks      map[string]timbre.Task
	profiles   map[string]timbre.Profile
	connectors map[string]bool
	domains    map[string]bool
	streaming  *timbre.Streaming
	config     *timbre.Configuration
	calls      map[string]timbre.Call
	saves      []saved
	saving     func(timbre.Task) error // asked before each SaveTask
}

func none(what string) error { return timbre.Errorf(timbre.NotFound, "store", "no such %s", what) }

func (m *memory) CreateTask(_ context.Context, t timbre.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, other := range m.tasks {
		switch {
		case other.Kind != t.Kind:
		case other.Active && other.TransactionID == t.TransactionID:
			return timbre.Errorf(timbre.Limit, "store", "a task is active")
		case t.Token != "" && other.Token == t.Token:
			return timbre.Errorf(timbre.Conflict, "store", "the token is taken")
		}
	}
	m.tasks[t.ID] = t
	return nil
}

func (m *memory) SaveTask(_ context.Context, t timbre.Task, n []timbre.Notice) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.saving != nil {
		if err := m.saving(t); err != nil {
			return err
		}
	}
	if t.Voiceprint != nil && !m.domains[t.DomainID] {
		return none("domain")
	}
	m.tasks[t.ID] = t
	m.saves = append(m.saves, saved{t, n})
	return nil
}

func (m *memory) Task(_ context.Context, kind timbre.TaskKind, id string) (timbre.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tasks[id]; ok && t.Kind == kind {
		return t, nil
	}
	return timbre.Task{}, none("task")
}

func (m *memory) TaskByToken(_ context.Context, kind timbre.TaskKind, token string) (timbre.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.Kind == kind && t.Token == token {
			return t, nil
		}
	}
	return timbre.Task{}, none("task")
}

func (m *memory) ActiveTasks(context.Context) (active []timbre.Task, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.Active {
			active = append(active, t)
		}
	}
	slices.SortFunc(active, func(a, b timbre.Task) int { return strings.Compare(a.ID, b.ID) })
	return active, nil
}

func (m *memory) Profile(_ context.Context, id string) (timbre.Profile, error) {
	if p, ok := m.profiles[id]; ok {
		return p, nil
	}
	return timbre.Profile{}, none("profile")
}

func (m *memory) EnrolProfile(_ context.Context, p timbre.Profile, taskID string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.domains[p.DomainID] {
		return none("domain")
	}
	t := m.tasks[taskID]
	if t.ProfileID != "" {
		return timbre.Errorf(timbre.Conflict, "store", "enrolled already")
	}
	t.ProfileID = p.ID
	m.tasks[taskID], m.profiles[p.ID] = t, p
	return nil
}

func (m *memory) RenewProfile(_ context.Context, p timbre.Profile, _ string) error {
	m.profiles[p.ID] = p
	return nil
}

func (m *memory) Connector(_ context.Context, id string) (c timbre.Connector, err error) {
	if !m.connectors[id] {
		err = none("connector")
	}
	return c, err
}

func (m *memory) Streaming(context.Context, string) (timbre.Streaming, error) {
	if m.streaming == nil {
		return timbre.Streaming{}, none("streaming configuration")
	}
	return *m.streaming, nil
}

func (m *memory) Configuration(context.Context, string) (timbre.Configuration, error) {
	if m.config == nil {
		return timbre.Configuration{}, none("configuration")
	}
	return *m.config, nil
}

func (m *memory) Domain(_ context.Context, id string) (d timbre.Domain, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.domains[id] {
		err = none("domain")
	}
	return d, err
}

func (m *memory) Call(_ context.Context, id string) (timbre.Call, error) {
	if c, ok := m.calls[id]; ok {
		return c, nil
	}
	return timbre.Call{}, none("call")
}

func (m *memory) task(id string) timbre.Task {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.tasks[id]
}

func (m *memory) written() []saved {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.saves)
}

// words is an Announcer whose payload is the status, and which keeps the events.
type words struct {
	mu     sync.Mutex
	events []timbre.Event
}

func (w *words) Notices(_ context.Context, events ...timbre.Event) (n []timbre.Notice, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range events {
		n = append(n, timbre.Notice{ID: e.ID, Key: e.TaskID, Payload: fmt.Append(nil, e.Status, "/", e.Leg)})
	}
	w.events = append(w.events, events...)
	return n, nil
}

// told are the statuses of all events, in order.
func (w *words) told() (statuses []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		statuses = append(statuses, e.Status)
	}
	return statuses
}

// office is an Engine with a live call, a fake world around it, and what the world saw.
type office struct {
	*Engine
	t     *testing.T
	store *memory
	words *words

	mu     sync.Mutex
	live   map[string]timbre.Call
	ears   map[int]chorus // by leg
	at     time.Duration  // what the media of all legs has come to
	embed  func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
	search func(ctx context.Context) ([]timbre.Match, error)
	tracks []*fakeTrack
	score  func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error)
	media  map[int]timbre.Speech // where each leg is
	voice  map[int]int16         // of who is on each leg: all their samples
	ids    int
}

const tx = "tx"

var twoLegs = aCall(timbre.Caller, timbre.Callee)

func newOffice(t *testing.T) *office {
	o := &office{
		t: t, words: &words{}, live: map[string]timbre.Call{tx: twoLegs}, ears: map[int]chorus{}, media: map[int]timbre.Speech{},
		store: &memory{
			tasks: map[string]timbre.Task{}, profiles: map[string]timbre.Profile{}, connectors: map[string]bool{"vc": true},
			domains: map[string]bool{"domain": true}, calls: map[string]timbre.Call{tx: twoLegs},
			streaming: &timbre.Streaming{Insights: &timbre.InsightsLink{ConfigurationARN: "arn"}},
			config:    &timbre.Configuration{Elements: []timbre.Element{{Type: "VoiceAnalyticsProcessor"}}},
		},
	}
	o.embed = func(_ context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
		return timbre.Voiceprint{Embedding: timbre.Embedding{1}, Net: net, Model: "m"}, nil
	}
	o.search = func(context.Context) ([]timbre.Match, error) {
		return []timbre.Match{{ProfileID: "vp-1", Confidence: 0.95}}, nil
	}
	o.score = func(_ context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
		return good, o.tracks[leg].talk(at) >= 3*time.Second, nil
	}
	o.open()
	return o
}

// open makes an Engine, the first or the one after a crash.
func (o *office) open() {
	o.tracks = nil
	o.Engine = New(Config{Account: "000000000000", Region: "us-east-1", NewID: func() string {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.ids++
		return fmt.Sprintf("id-%04d", o.ids)
	}}, Deps{
		Store: o.store, Announcer: o.words, Calls: fakeCalls{o}, Ears: fakeEars{o}, Embedder: fakeEmbedder{o}, Searcher: fakeSearcher{o},
		NewTrack: func() Track {
			o.tracks = append(o.tracks, &fakeTrack{o: o, leg: len(o.tracks)})
			return o.tracks[len(o.tracks)-1]
		},
	})
}

type (
	fakeCalls    struct{ o *office }
	fakeEars     struct{ o *office }
	fakeEmbedder struct{ o *office }
	fakeSearcher struct{ o *office }
	fakeTrack    struct {
		o     *office
		leg   int
		mu    sync.Mutex
		heard []timbre.Speech
	}
)

func (f fakeCalls) Call(id string) (timbre.Call, bool) {
	f.o.mu.Lock()
	defer f.o.mu.Unlock()
	c, ok := f.o.live[id]
	return c, ok
}

func (f fakeCalls) MediaTime(string, int) time.Duration { return f.o.at }

func (f fakeEars) Listen(_ context.Context, id string, leg int, to Ear) (func(), error) {
	f.o.mu.Lock()
	defer f.o.mu.Unlock()
	if _, ok := f.o.live[id]; !ok {
		return nil, none("call")
	}
	f.o.ears[leg] = append(f.o.ears[leg], to)
	return func() {
		f.o.mu.Lock()
		defer f.o.mu.Unlock()
		f.o.ears[leg] = slices.DeleteFunc(slices.Clone(f.o.ears[leg]), func(e Ear) bool { return e == to })
	}, nil
}

// chorus is all who listen to a leg.
type chorus []Ear

func (c chorus) Heard(s timbre.Speech) {
	for _, e := range c {
		e.Heard(s)
	}
}

func (c chorus) Lags(does bool) {
	for _, e := range c {
		e.Lags(does)
	}
}

func (c chorus) HungUp() {
	for _, e := range c {
		e.HungUp()
	}
}

func (f fakeEmbedder) Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	return f.o.embed(ctx, pcm, net)
}

func (f fakeSearcher) Search(ctx context.Context, _ string, _ timbre.Voiceprint) ([]timbre.Match, error) {
	return f.o.search(ctx)
}

func (f *fakeTrack) Hear(s timbre.Speech) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = append(f.heard, s)
}

// talk is the net speech of the last 30 s.
func (f *fakeTrack) talk(at time.Duration) (net time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.heard {
		if s.At > at {
			f.o.t.Errorf("a look at %v hears what came at %v", at, s.At)
		}
		if s.Voiced && s.At > at-Window {
			net += timbre.Duration(len(s.PCM))
		}
	}
	return net
}

func (f *fakeTrack) Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	current, ok, err = f.o.score(ctx, f.leg, at)
	return current, current, ok, err
}

// say lets a leg be heard for a while, in stretches of 100 ms: talk or silence.
func (o *office) say(leg int, d time.Duration, talk bool) {
	for ; d > 0; d -= 100 * time.Millisecond {
		s := o.media[leg]
		s.At += 100 * time.Millisecond
		s.Voiced, s.PCM = talk, nil
		if talk {
			s.Net += 100 * time.Millisecond
			s.PCM = slices.Repeat([]int16{o.voice[leg]}, timbre.Samples(100*time.Millisecond))
		}
		o.media[leg] = s
		if e := o.ear(leg); e != nil {
			e.Heard(s)
		}
	}
	synctest.Wait()
}

func (o *office) ear(leg int) Ear {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.ears[leg]) == 0 {
		return nil
	}
	return o.ears[leg]
}

// hangUp ends the call.
func (o *office) hangUp() {
	o.mu.Lock()
	if c, live := o.live[tx]; live {
		delete(o.live, tx)
		c.Ended = time.Now()
		o.store.calls[tx] = c
	}
	o.mu.Unlock()
	for leg := range twoLegs.Legs {
		if e := o.ear(leg); e != nil {
			e.HungUp()
		}
	}
	synctest.Wait()
}

func (o *office) start(kind timbre.TaskKind) timbre.Task {
	o.t.Helper()
	t, err := o.Start(o.t.Context(), request(kind))
	if err != nil {
		o.t.Fatal(err)
	}
	o.media = map[int]timbre.Speech{}
	return t
}

func request(kind timbre.TaskKind) timbre.Task {
	t := timbre.Task{Kind: kind, ConnectorID: "vc", TransactionID: tx}
	if kind == timbre.SpeakerSearch {
		t.DomainID = "domain"
	}
	return t
}

func (o *office) wantStatus(id string, want timbre.TaskStatus, active bool) {
	o.t.Helper()
	if t := o.store.task(id); t.Status != want || t.Active != active {
		o.t.Errorf("the task is %s, active %v; want %s, %v", t.Status, t.Active, want, active)
	}
}

func (o *office) wantTold(want ...string) {
	o.t.Helper()
	if got := o.words.told(); !slices.Equal(got, want) {
		o.t.Errorf("told %v, want %v", got, want)
	}
}

func wantKind(t *testing.T, err error, want timbre.Kind) {
	t.Helper()
	if err == nil || timbre.KindOf(err) != want {
		t.Errorf("%v, want kind %d", err, want)
	}
}

// inOffice runs a test in a bubble with a clock of its own.
func inOffice(t *testing.T, test func(*office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t)
		defer o.Close()
		test(o)
	})
}
