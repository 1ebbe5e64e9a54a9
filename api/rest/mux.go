package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"runtime/debug"
	"sync"

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
	// Authenticate returns the key that signed a request, or a *Fault. It reads the body as late as possible: until the key
	// is known, so is not the sender.
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
		rates: newRateLimiter(env.Now, cfg.Rates), concurrency: newConcurrencyLimiter(cfg.Concurrency), pages: newPages(cfg.PageKey, env.Account),
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

// call is what a route's handler gets.
type call struct {
	ctx    context.Context
	labels map[string]string
	query  url.Values
	body   func() (map[string]any, error)
}

// Handle ties an operation to the function that carries it out. In is the SDK's input structure of the operation, or one
// that has a field for each of its members; Out is written as it is. It panics if the operation or a field is missing.
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

// route finds where an operation is routed; it panics if it is not.
func (m *Mux) route(s *Service, name string) *route {
	op := s.Operation(name)
	if op == nil || m.routes[op] == nil {
		panic(fmt.Sprintf("rest: %s has no operation %s", s.Name, name))
	}
	return m.routes[op]
}

// ServeHTTP answers one request and notes it in the access log and the metrics.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{id: m.env.NewID(), began: m.env.Now()}
	body, err := m.guarded(x, w, r)
	if err != nil {
		x.fault = faultOf(err, x.operation())
		x.cause = err
	}
	x.answer(w, body)
	m.record(r.Context(), x)
}

// guarded turns a panic into an error.
func (m *Mux) guarded(x *exchange, w http.ResponseWriter, r *http.Request) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			m.metrics.panics.Inc()
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return m.serve(x, w, r)
}

// serve checks the signature, finds the route, sees to it that the key may use it now, and lets its handler validate and act.
func (m *Mux) serve(x *exchange, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := sync.OnceValues(func() ([]byte, error) { return readBody(w, r) })
	key, err := m.deps.Authenticate(r, body)
	if err != nil {
		return nil, err
	}
	x.keyID = key.ID
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &timbre.Error{Kind: timbre.Invalid, Msg: "The query string cannot be parsed.", Err: err}
	}
	found, labels := m.root.find(r, query)
	if found == nil {
		return nil, unknownOperation()
	}
	if found.twin != nil && ofPipelines(taggedARN(r.Method, query, body)) {
		found = found.twin
	}
	x.route = found
	if wait := m.rates.wait(key.ID, found.class()); wait > 0 {
		return nil, throttled(wait)
	}
	release, ok := m.concurrency.acquire(found.item(labels))
	if !ok {
		return nil, throttled(retrySoon)
	}
	defer release()
	c := &call{
		ctx: context.WithValue(r.Context(), pagesKey{}, m.pages), labels: labels, query: query,
		body: sync.OnceValues(func() (map[string]any, error) {
			text, err := body()
			if err == nil && len(text) > 0 {
				err = isJSON(r.Header.Get("Content-Type"))
			}
			if err != nil {
				return nil, err
			}
			return parse(text)
		}),
	}
	if err := m.authorize(c, key, found.op); err != nil {
		return nil, err
	}
	if found.handle == nil {
		return nil, notServed(found.op)
	}
	out, err := found.handle(c)
	if err != nil || !found.op.Answers {
		return nil, err
	}
	return encode(out)
}
