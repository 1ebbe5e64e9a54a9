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
	Authenticate func(r *http.Request, body func() ([]byte, error)) (keyID string, err error)
	Now          func() time.Time
	NewID        func() string // a UUID, for a request
	Log          *slog.Logger
	Metrics      prometheus.Registerer
}

// Mux serves the operations of services.
type Mux struct {
	cfg    Config
	root   node
	routes map[*Operation]*route
	meter  meter
}

// NewMux routes every operation of the services. Those that Handle does not tie to a function refuse, saying so.
func NewMux(cfg Config, services ...*Service) *Mux {
	m := &Mux{cfg: cfg, routes: map[*Operation]*route{}, meter: newMeter(cfg.Metrics)}
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
	body   func() ([]byte, error)
}

// Handle ties an operation to the function that carries it out. In is the SDK's input structure of the operation, or one
// that has a field for each of its members; Out is written as it is. It panics if the operation or a field is missing.
func Handle[In, Out any](m *Mux, s *Service, name string, do func(context.Context, *In) (*Out, error)) {
	op := s.Operation(name)
	if op == nil || m.routes[op] == nil {
		panic(fmt.Sprintf("rest: %s has no operation %s", s.Name, name))
	}
	fits(op, reflect.TypeFor[In]())
	m.routes[op].handle = func(c *call) (any, error) {
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

// serve checks the signature, finds the route, and lets its handler validate and act.
func (m *Mux) serve(x *exchange, w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body := sync.OnceValues(func() ([]byte, error) { return readBody(w, r) })
	var err error
	if x.keyID, err = m.cfg.Authenticate(r, body); err != nil {
		return nil, err
	}
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
	if found.handle == nil {
		return nil, notServed(found.op)
	}
	out, err := found.handle(&call{ctx: r.Context(), labels: labels, query: query, body: body})
	if err != nil || !found.op.Answers {
		return nil, err
	}
	return encode(out)
}
