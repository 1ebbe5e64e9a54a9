// Package task runs the two kinds of task on a call: speaker search and voice tone analysis. Its inputs are the requests of
// the API (Start, Get, Stop, and the enrolment of a voiceprint) and the speech of live legs. Its outputs are tasks and
// profiles in the store, and events, each written in one transaction with the state that it reports. The package decides
// which audio becomes an embedding, a ranking or a tone; other packages compute those, render the events and deliver them.
//
// A task is a pure state machine (search_*.go, tone_*.go; drawn in docs/task.md) run by an actor (actor.go). DESIGN.md
// explains why.
package task

import (
	"context"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Store is the durable state of tasks, and the settings that decide whether one may be started.
type Store interface {
	timbre.Tasks
	timbre.ProfileEnroller
	timbre.VoiceprintReader
	timbre.ConnectorReader
	timbre.StreamingReader
	timbre.ConfigurationReader
	timbre.DomainReader
	timbre.CallReader
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.LiveCallReader
	timbre.MediaClock
}

// Embedder tells the voices in voiced audio apart, and makes a voiceprint of one. Unprocessable, with the reason, if the
// audio is too poor.
type Embedder interface {
	// AddSegments adds the segments of audio that is still growing.
	AddSegments(ctx context.Context, pcm []int16, segments *timbre.Segments) error
	// VoicesBy adds what is missing of the segments of pcm, which holds net of speech, and returns the audio of the voice that has spoken
	// longest in it, and for how long a second one has.
	VoicesBy(ctx context.Context, pcm []float32, net time.Duration, segments *timbre.Segments) (timbre.Voices, error)
	// Embed makes the voiceprint of the one voice in pcm.
	Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
}

// Searcher ranks the profiles of a domain. It finds only the high-confidence matches, best first, at most 10.
type Searcher interface {
	// Same is the probability that two voiceprints of one model are of one person, at even odds beforehand.
	Same(domainID string, v, w timbre.Voiceprint) float64
	Search(ctx context.Context, domainID string, v timbre.Voiceprint) (timbre.Finding, error)
}

// Spoof returns a warning if a voice may be synthetic.
type Spoof interface {
	Warn(ctx context.Context, pcm []float32) string
}

// Track scores the tone of one leg. Score covers the 30 s before a media time; ok is false if they hold too little speech. A
// track is used by one goroutine at a time.
type Track interface {
	Add(timbre.Speech)
	Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error)
}

// Config of an Engine.
type Config struct {
	Model            string        // of speakers that is in use: voiceprints of another are not enrolled; empty: any are
	AnalyticsAlways  bool          // a task may be started although the connector has no voice analytics configured
	KeepAudio        bool          // the audio of a voiceprint is stored with it
	SearchWait       time.Duration // the most net speech that an unsure identification waits for; ForSearch at least
	VoiceprintSpeech time.Duration // the net speech of a voiceprint if the call gives it; ForVoiceprint at least
}

// Deps are the stages that an Engine uses.
type Deps struct {
	Store     Store
	Announcer timbre.Announcer
	Calls     Calls
	Meters    timbre.LegMeters // nil: what a leg received is not known
	Speech    timbre.SpeechSource
	Embedder  Embedder
	Searcher  Searcher
	Spoof     Spoof // nil: voices are not checked
	NewTrack  func() Track
	Load      timbre.LoadMeter // nil: nothing is refused for load
	Behind    func() float64   // how far the node is behind: from 0 to 1, at which it is late; nil: no tick is skipped for it
}

// Engine runs the tasks of this node.
type Engine struct {
	env       environment.Environment
	cfg       Config
	deps      Deps
	metrics   *metrics
	observers []Observers

	ctx    context.Context // of all actors
	cancel context.CancelFunc
	wg     sync.WaitGroup // actors, and calls of Start

	mu      sync.Mutex
	closed  bool
	running map[string]*actor // by task id

	interrupted timbre.Remains[timbre.TaskRef] // by a crash: see Recover
}

// New returns an Engine without tasks. The caller must Close it.
func New(env environment.Environment, cfg Config, deps Deps) *Engine {
	env = env.Complete()
	e := &Engine{env: env, cfg: cfg, deps: deps, metrics: newMetrics(env.Metrics), running: map[string]*actor{}}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Get returns a task as it was last saved, without its embedding. NotFound unless it is of the kind and was started on the owner, which is a
// connector or a pipeline.
func (e *Engine) Get(ctx context.Context, kind timbre.TaskKind, owner, id string) (timbre.Task, error) {
	if err := e.interrupted.Settle(ctx, timbre.TaskRef{Kind: kind, ID: id}); err != nil {
		return timbre.Task{}, err
	}
	t, err := e.deps.Store.Task(ctx, kind, id)
	t.Voiceprint.Erase()
	if err == nil && t.Owner() != owner {
		err = timbre.Errorf(timbre.NotFound, "task.Get", "%s task %s does not exist", kind, id)
	}
	if err != nil {
		return timbre.Task{}, err
	}
	return t, nil
}

// RunningOf is how many of the tasks of a kind that run have begun within a time.
func (e *Engine) RunningOf(kind timbre.TaskKind, within time.Duration) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.running {
		if a.kind == kind && time.Since(a.began) < within {
			n++
		}
	}
	return n
}

// Running is the number of tasks that run.
func (e *Engine) Running() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.running)
}
