// Package task is the life of the two kinds of task on a call: speaker search and voice tone analysis. In come the
// requests of the API (Start, Get, Stop, and the enrolment of a voiceprint) and what is heard on the legs of live calls;
// out go tasks and profiles in the store, and events for the outside, always in one transaction with the state that they
// tell of. Which leg's audio becomes an embedding, a ranking or a tone is decided here; making them is the affair of
// others, and so is the wording and the delivery of events.
//
// A task is a pure state machine (search.go, tone.go; drawn in docs/task.md) with an actor around it (actor.go).
package task

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Store is the durable state that tasks need.
type Store interface {
	timbre.Tasks
	timbre.ProfileEnroller
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

// Ears listen to a leg of a live call, from its next frame on. stop may be called twice, and what it stops may be heard
// of a last time while it is being called. NotFound when the call is not live.
type Ears interface {
	Listen(ctx context.Context, transactionID string, leg int, to Ear) (stop func(), err error)
}

// Embedder makes a voiceprint of voiced audio that holds net of speech. Unprocessable, with the reason, when the audio is
// too poor for one.
type Embedder interface {
	Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
}

// Searcher ranks the profiles of a domain: the high-confidence matches alone, best first, at most 10.
type Searcher interface {
	Search(ctx context.Context, domainID string, v timbre.Voiceprint) ([]timbre.Match, error)
}

// Track follows the tone of one leg. Score looks at a moment of media time; ok is false when the 30 s before it hold too
// little speech. One goroutine at a time uses a track.
type Track interface {
	Hear(timbre.Speech)
	Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error)
}

// Deps is what an Engine works with.
type Deps struct {
	Store     Store
	Announcer timbre.Announcer
	Calls     Calls
	Ears      Ears
	Embedder  Embedder
	Searcher  Searcher
	NewTrack  func() Track
	// Trouble is told that the analysis of a task has failed for now and will be tried again, and why; with an empty why,
	// that it works again or is over. It must not wait for a task. nil: nobody is told.
	Trouble func(t timbre.Task, why string)
}

// Config of an Engine. What is left nil has a usual value.
type Config struct {
	Now             func() time.Time
	Log             *slog.Logger
	Metrics         prometheus.Registerer
	NewID           func() string // a UUID
	Account, Region string        // of the ARNs that are made
	Always          bool          // a task may be started although the connector has no voice analytics set up
}

// Engine runs the tasks of this node.
type Engine struct {
	Config
	Deps
	metrics *metrics

	ctx    context.Context // of all actors
	cancel context.CancelFunc
	wg     sync.WaitGroup // actors, and Starts under way

	mu      sync.Mutex
	closed  bool
	running map[string]*actor // by task id
}

// New makes an Engine. Close it.
func New(c Config, d Deps) *Engine {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.NewID == nil {
		c.NewID = uuid.NewString
	}
	if d.Trouble == nil {
		d.Trouble = func(timbre.Task, string) {}
	}
	e := &Engine{Config: c, Deps: d, metrics: newMetrics(c.Metrics), running: map[string]*actor{}}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Get is a task as it was last written down. NotFound unless it is of the kind and was started on the owner, which is a
// connector or a pipeline.
func (e *Engine) Get(ctx context.Context, kind timbre.TaskKind, owner, id string) (timbre.Task, error) {
	t, err := e.Store.Task(ctx, kind, id)
	if err == nil && t.Owner() != owner {
		err = timbre.Errorf(timbre.NotFound, "task.Get", "there is no %s task %s there", kind, id)
	}
	if err != nil {
		return timbre.Task{}, err
	}
	return t, nil
}
