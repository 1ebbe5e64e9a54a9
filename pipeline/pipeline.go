// Package pipeline is the life of media insights pipelines: the analysis of the streams of a call by the elements of a
// configuration. In come the requests of the API, the calls whose connector makes pipelines on its own, and the media of
// their streams (that it comes, not what it says); out go pipelines in the store, the events of their changes of state,
// always in one transaction with the change, and starts and stops of tasks. What a task does is the task engine's affair.
//
// A pipeline's status follows from those of its elements. Of these Timbre carries out voice analytics; the others that
// have a status are NotSupported. See docs/pipeline.md.
package pipeline

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"timbre"
)

// Store is the durable state that pipelines need.
type Store interface {
	timbre.PipelineWriter
	timbre.Poster
	timbre.ConfigurationReader
	timbre.StreamingReader
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.LiveCallReader
	timbre.LiveCallLister
	timbre.Tapper
	timbre.MediaClock
}

// Tasks starts and stops the tasks of pipelines. Their owner is the id of the pipeline.
type Tasks interface {
	timbre.TaskControl
	// Repeated finds the task that was started with the token of t: false if there is none.
	Repeated(ctx context.Context, t timbre.Task) (first timbre.Task, used bool, err error)
}

// Deps is what an Engine works with.
type Deps struct {
	Store     Store
	Announcer timbre.Announcer
	Calls     Calls
	Tasks     Tasks
}

// Config of an Engine. What is left nil has a usual value.
type Config struct {
	Now             func() time.Time
	Log             *slog.Logger
	NewID           func() string // a UUID
	Account, Region string        // of the ARNs that are made
}

// Engine keeps the live pipelines of this node.
type Engine struct {
	Config
	Deps

	mu       sync.Mutex
	closed   bool
	live     map[string]*life   // by pipeline id
	troubles map[string]trouble // by task id
}

// New makes an Engine without pipelines. Run sees to their ends.
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
	return &Engine{Config: c, Deps: d, live: map[string]*life{}, troubles: map[string]trouble{}}
}

// find gives a pipeline by its id or ARN, as it was last written down, and its life, nil once it has ended.
func (e *Engine) find(ctx context.Context, identifier string) (timbre.Pipeline, *life, error) {
	p, err := e.Store.Pipeline(ctx, identifier)
	if err != nil {
		return p, nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return p, e.live[p.ID], nil
}

// add takes a pipeline among the live ones; false once the engine is closed.
func (e *Engine) add(l *life) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return false
	}
	e.live[l.p.ID] = l
	return true
}

func (e *Engine) remove(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.live, id)
}

// lives are the live pipelines at this moment.
func (e *Engine) lives() []*life {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := make([]*life, 0, len(e.live))
	for _, l := range e.live {
		list = append(list, l)
	}
	return list
}
