// Package api serves the two AWS services to their SDKs on one endpoint.
//
// HTTP requests come in; calls on the durable state, the task engine and the pipelines go out. The operations are in
// api/voice and api/pipelines; routing, validation and errors in api/rest; signatures in api/sigv4. Limits on connections
// and headers belong to the http.Server around the handler.
package api

import (
	"context"
	"errors"
	"net/http"

	"timbre"
	"timbre/api/pipelines"
	"timbre/api/rest"
	"timbre/api/sigv4"
	"timbre/api/sts"
	"timbre/api/voice"
	"timbre/environment"
	"timbre/ttl"
)

// Store is the durable state behind the API.
type Store interface {
	voice.Store
	pipelines.Store
	timbre.TaskReader
}

// Config of the API.
type Config struct {
	Rates       rest.Rates // of requests, for each key
	Concurrency int        // concurrent requests on one domain, profile or task; 0: unlimited
	PageKey     []byte     // 32 bytes that encrypt page tokens; nil: a random key, so that tokens end with the process
}

// Deps is what the API acts on.
type Deps struct {
	Store     Store
	Calls     voice.Calls
	Tasks     voice.Tasks
	Pipelines pipelines.Pipelines
	Targets   timbre.TargetChecker
	Pings     voice.Pings
	Logs      voice.Logs // nil: there are none
	Keys      timbre.Keys
	// Signatures are those of the server before this one; nil: they are not known.
	Signatures *ttl.Journal
}

// asKey is the key of a request that has been authenticated otherwise, in its context.
type asKey struct{}

// As returns a request of a key that is not to be signed: who passes it on has authenticated the caller.
func As(r *http.Request, key timbre.Key) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), asKey{}, key))
}

// New returns the handler of both services, which also tells who signs.
func New(env environment.Environment, cfg Config, deps Deps) http.Handler {
	m := newMux(env, cfg, deps)
	return sts.New(env, sts.Deps{Keys: deps.Keys, Wait: m.Wait, Rest: m})
}

// Stock makes the inventory of phone numbers match the list of the operator.
func Stock(ctx context.Context, env environment.Environment, store Store, numbers []string) error {
	return voice.Stock(ctx, env, store, numbers)
}

// Coverage returns the state of each operation of both services, from the table that routes.
func Coverage() []rest.Covered {
	return newMux(environment.Environment{}, Config{}, Deps{}).Coverage()
}

func newMux(env environment.Environment, cfg Config, deps Deps) *rest.Mux {
	env = env.Complete()
	m := rest.New(env, rest.Config(cfg), rest.Deps{
		Authenticate: authenticate(sigv4.New(env, deps.Keys).Remembering(deps.Signatures)),
		Authorize:    authorizer{env, deps.Store}.authorize,
	}, rest.Voice, rest.Pipelines)
	voice.Register(m, env, voice.Deps{Store: deps.Store, Calls: deps.Calls, Tasks: deps.Tasks, Pings: deps.Pings, Logs: deps.Logs})
	pipelines.Register(m, env, pipelines.Deps{Store: deps.Store, Pipelines: deps.Pipelines, Targets: deps.Targets})
	return m
}

// authenticate returns the check of signatures, whose errors are those of AWS already.
func authenticate(v *sigv4.Verifier) func(*http.Request, func() ([]byte, error)) (timbre.Key, error) {
	return func(r *http.Request, body func() ([]byte, error)) (timbre.Key, error) {
		if key, is := r.Context().Value(asKey{}).(timbre.Key); is {
			return key, nil
		}
		key, err := v.Check(r, body)
		if e := (*timbre.SignatureFault)(nil); errors.As(err, &e) {
			err = &rest.Fault{Status: e.Status, Type: e.Type, Code: e.Type, Message: e.Message}
		}
		return key, err
	}
}
