package rest

import (
	"context"

	"timbre"
)

// State is how far an operation is supported.
type State uint8

// The states. NotServed: the operation is not bound.
const (
	NotServed State = iota
	Effect          // the operation does what it says
	Stored          // the operation stores and returns its document, and has no other effect
	Refused         // the operation always returns the same error
)

func (s State) String() string { return [...]string{"not served", "effect", "stored", "refused"}[s] }

// Covered is an operation with its state, and the reason if it is refused.
type Covered struct {
	Service   *Service
	Operation *Operation
	State     State
	Why       string
}

// Coverage returns the state of every routed operation, in the order of the models.
func (m *Mux) Coverage() []Covered {
	var all []Covered
	for _, s := range m.services {
		for _, op := range s.Operations {
			r := m.routes[op]
			all = append(all, Covered{s, op, r.state, r.why})
		}
	}
	return all
}

// Store is Handle for an operation that only stores and returns.
func Store[In, Out any](m *Mux, s *Service, name string, do func(context.Context, *In) (*Out, error)) {
	Handle(m, s, name, do)
	m.route(s, name).state = Stored
}

// Refuse binds operations to an error with a kind and a message for the client.
func Refuse(m *Mux, s *Service, kind timbre.Kind, why string, names ...string) {
	for _, name := range names {
		r := m.route(s, name)
		r.state, r.why = Refused, why
		r.handle = func(*call) (any, error) { return nil, timbre.Errorf(kind, "", "%s", why) }
	}
}
