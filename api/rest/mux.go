package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"timbre"
	"timbre/environment"
)

// Config of a Mux.
type Config struct {
	Rates       Rates  // for each key
	Concurrency int    // concurrent requests on one domain, profile or task; 0: unlimited
	PageKey     []byte // 32 bytes that encrypt page tokens; nil: a random key, so that tokens end with the process
}

// Deps are the checks that a Mux leaves to others.
type Deps struct {
	// Authenticate returns the key that signed a request, or a *Fault. It reads the body as late as possible, because until
	// then the sender is unknown.
	Authenticate func(r *http.Request, body func() ([]byte, error)) (timbre.Key, error)
	// Authorize refuses an action, such as chime:GetVoiceConnector, that the key may not perform. The resource is an ARN, or
	// the part of one after the account, such as vc/<id>, or * if the action concerns no single resource. Nil allows all.
	Authorize func(ctx context.Context, key timbre.Key, action, resource string) error
}

// Mux serves the operations of services.
type Mux struct {
	env         environment.Environment
	deps        Deps
	services    []*Service
	root        node
	routes      map[*Operation]*route
	metrics     metrics
	rates       *rateLimiter
	concurrency *concurrencyLimiter
	pages       pages
}

// New returns a Mux that routes every operation of the services. Operations that Handle does not bind are refused as not
// supported.
func New(env environment.Environment, cfg Config, deps Deps, services ...*Service) *Mux {
	env = env.Complete()
	m := &Mux{
		env: env, deps: deps, services: services, routes: map[*Operation]*route{}, metrics: newMetrics(env.Metrics),
		rates: newRateLimiter(env.Steady, cfg.Rates), concurrency: newConcurrencyLimiter(cfg.Concurrency), pages: newPages(cfg.PageKey, env.Account),
	}
	for _, s := range services {
		for _, op := range s.Operations {
			r := &route{service: s, op: op}
			m.routes[op] = r
			m.root.add(r)
		}
	}
	return m
}

// call is what the handler of a route gets.
type call struct {
	ctx    context.Context
	labels map[string]string
	query  url.Values
	body   func() (map[string]any, error)
}

// Handle binds an operation to the function that performs it. In is the SDK's input structure of the operation, or another
// structure with a field for each of its members; Out is encoded as it is. It panics if the operation or a field is missing.
func Handle[In, Out any](m *Mux, s *Service, name string, do func(context.Context, *In) (*Out, error)) {
	r := m.route(s, name)
	op := r.op
	fits(op, reflect.TypeFor[In]())
	r.state = Effect
	r.handle = func(c *call) (any, error) {
		inBody, aside, err := gather(op, c.labels, c.query, c.body)
		if err != nil {
			return nil, err
		}
		in := new(In)
		if err := bind(in, inBody, aside); err != nil {
			return nil, err
		}
		return do(c.ctx, in)
	}
}

// route returns the route of an operation. It panics if there is none.
func (m *Mux) route(s *Service, name string) *route {
	op := s.Operation(name)
	if op == nil || m.routes[op] == nil {
		panic(fmt.Sprintf("rest: %s has no operation %s", s.Name, name))
	}
	return m.routes[op]
}

// ServeHTTP answers one request and records it in the access log and the metrics.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{id: m.env.NewID(), began: m.env.Steady()}
	body, err := m.serveSafely(x, w, r)
	if err != nil {
		x.fault = faultOf(err, x.operation())
		x.cause = err
	}
	x.answer(w, body)
	m.record(r.Context(), x)
}

// serveSafely turns a panic into an error.
func (m *Mux) serveSafely(x *exchange, w http.ResponseWriter, r *http.Request) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			m.metrics.panics.Inc()
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return m.serve(x, w, r)
}

// serve authenticates a request, routes it, enforces the limits of its key, and lets the handler validate and act.
func (m *Mux) serve(x *exchange, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := sync.OnceValues(func() ([]byte, error) { return readBody(w, r) })
	key, err := m.deps.Authenticate(r, body)
	x.keyID = key.ID
	if err != nil {
		return nil, err
	}
	c, err := m.find(x, r, body)
	if err != nil {
		return nil, err
	}
	release, err := m.limit(key, x.route, c)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := m.authorize(c, key, x.route.op); err != nil {
		return nil, err
	}
	if x.route.handle == nil {
		return nil, notServed(x.route.op)
	}
	out, err := x.route.handle(c)
	if err != nil || !x.route.op.Answers {
		return nil, err
	}
	return encode(out)
}

// find routes a request and returns the call that its handler gets.
func (m *Mux) find(x *exchange, r *http.Request, body func() ([]byte, error)) (*call, error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &timbre.Error{Kind: timbre.Invalid, Msg: "The query string cannot be parsed.", Err: err}
	}
	found, labels := m.root.find(r, query)
	if found == nil {
		return nil, unknownOperation()
	}
	if found.counterpart != nil && ofPipelines(taggedARN(r.Method, query, body)) {
		found = found.counterpart
	}
	x.route = found
	return &call{
		ctx: context.WithValue(r.Context(), pagesKey{}, m.pages), labels: labels, query: query,
		body: sync.OnceValues(func() (map[string]any, error) { return parseBody(r, body) }),
	}, nil
}

// Wait takes a request of a key that is of no operation into account, and returns 0, or how long it has to wait for the next one.
func (m *Mux) Wait(keyID string) time.Duration { return m.rates.wait(keyID, otherClass) }

// limit enforces the rate of the key and the concurrency of what the request names, until release is called.
func (m *Mux) limit(key timbre.Key, r *route, c *call) (release func(), err error) {
	if wait := m.rates.wait(key.ID, r.class()); wait > 0 {
		return nil, throttled(wait)
	}
	release, ok := m.concurrency.acquire(r.item(c.labels))
	if !ok {
		return nil, throttled(retrySoon)
	}
	return release, nil
}
