// Package pipeline runs media insights pipelines: the analysis of the streams of a call by the elements of a configuration.
// Its inputs are the requests of the API, the calls whose connector creates pipelines, and the arrival of media on their
// streams. Its outputs are pipelines in the store, the events of their changes of state, each in one transaction with the
// change, and starts and stops of tasks. It does not run tasks: the task engine does.
//
// The status of a pipeline follows from those of its elements. Timbre implements voice analytics; the other elements that
// have a status are NotSupported. See docs/pipeline.md.
package pipeline

import (
	"context"
	"sync"

	"timbre"
	"timbre/environment"
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

// Deps are the stages that an Engine uses.
type Deps struct {
	Store     Store
	Announcer timbre.Announcer
	Calls     Calls
	Tasks     Tasks
}

// Engine holds the live pipelines of this node.
type Engine struct {
	env   environment.Environment
	deps  Deps
	ended []func(timbre.Pipeline) // observers

	mu       sync.Mutex
	closed   bool
	live     map[string]*live        // by pipeline id
	ofCalls  map[string][]*live      // those that connectors have created, by the call; slices are not changed
	degraded map[string]degradedTask // by task id

	interrupted timbre.Remains[string] // by a crash: see Recover
}

// New returns an Engine without pipelines. Run advances them.
func New(env environment.Environment, deps Deps) *Engine {
	return &Engine{env: env.Complete(), deps: deps, live: map[string]*live{}, ofCalls: map[string][]*live{}, degraded: map[string]degradedTask{}}
}

// Pipeline returns a pipeline by its id or ARN as it was last saved: NotFound if there is none.
func (e *Engine) Pipeline(ctx context.Context, identifier string) (timbre.Pipeline, error) {
	p, err := e.deps.Store.Pipeline(ctx, identifier)
	if err != nil {
		return p, err
	}
	return e.settled(ctx, p)
}

// find returns a pipeline by its id or ARN as it was last saved, and its live part, nil once it has ended.
func (e *Engine) find(ctx context.Context, identifier string) (timbre.Pipeline, *live, error) {
	p, err := e.Pipeline(ctx, identifier)
	if err != nil {
		return p, nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return p, e.live[p.ID], nil
}

func (e *Engine) event(p timbre.Pipeline, status, reason string) timbre.Event {
	return timbre.Event{
		ID: e.env.NewID(), Type: timbre.PipelineState, Status: status, StatusMessage: reason, Time: e.env.Now(), Pipeline: &p,
		Call: timbre.Call{ConnectorID: p.ConnectorID, TransactionID: p.TransactionID},
	}
}
