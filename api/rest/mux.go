package rest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Config is what a Mux needs.
type Config struct {
	// Authenticate says whose key signed a request, or refuses with a Fault. It may read the body, and should not before
	// it has to: whoever sends it is unknown until then.
	Authenticate func(r *http.Request, body func() ([]byte, error)) (timbre.Key, error)
	// Authorize says whether the key may do an action, such as chime:GetVoiceConnector. The resource is an ARN, the end of
	// one after the account, such as vc/<id>, or * where the action is about no single resource. Nil: everything is allowed.
	Authorize func(ctx context.Context, key timbre.Key, action, resource string) error
	Rates     Rates  // for each key
	Crowd     int    // requests at once on one domain, profile or task; 0: any number
	PageKey   []byte // of 32 bytes, that page tokens are sealed under; nil: one that ends with the process
	Account   string // that page tokens are bound to
	Now       func() time.Time
	NewID     func() string // a UUID, for a request
	Log       *slog.Logger
	Metrics   prometheus.Registerer
}

// Mux serves the operations of services.
type Mux struct {
	cfg      Config
	services []*Service
	root     node
	routes   map[*Operation]*route
	meter    meter
	pace     *pace
	crowd    *crowd
	pages    pages
}

// NewMux routes every operation of the services. Those that Handle does not tie to a function refuse, saying so.
func NewMux(cfg Config, services ...*Service) *Mux {
	m := &Mux{
		cfg: cfg, services: services, routes: map[*Operation]*route{}, meter: newMeter(cfg.Metrics),
		pace: newPace(cfg.Rates, cfg.Now), crowd: &crowd{most: cfg.Crowd, busy: map[string]int{}}, pages: newPages(cfg.PageKey, cfg.Account),
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
	x := &exchange{id: m.cfg.NewID(), began: m.cfg.Now()}
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
			m.meter.panics.Inc()
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return m.serve(x, w, r)
}

// serve checks the signature, finds the route, sees to it that the key may use it now, and lets its handler validate and act.
func (m *Mux) serve(x *exchange, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := sync.OnceValues(func() ([]byte, error) { return readBody(w, r) })
	key, err := m.cfg.Authenticate(r, body)
	if err != nil {
		return nil, err
	}
	x.keyID = key.ID
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &timbre.Error{Kind: timbre.Invalid, Msg: "The query cannot be read.", Err: err}
	}
	found, labels := m.root.find(r, query)
	if found == nil {
		return nil, unknownOperation()
	}
	if found.twin != nil && ofPipelines(taggedARN(r.Method, query, body)) {
		found = found.twin
	}
	x.route = found
	if wait := m.pace.take(key.ID, found); wait > 0 {
		return nil, tooFast(wait)
	}
	leave, ok := m.crowd.enter(found, labels)
	if !ok {
		return nil, tooFast(crowded)
	}
	defer leave()
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
