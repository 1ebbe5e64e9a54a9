package notifytest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Fault is a way in which a service fails.
type Fault int

// The faults of a service. Hang and Drop are those of any HTTP service; Service implements them.
const (
	None           Fault = iota
	RefusedForever       // the request is wrong and will be refused again: a client error
	RefusedForNow        // the service is overloaded or restarting
	BadCredentials       // the signature or the access key is not accepted
	Hang                 // no response until the client gives up
	Drop                 // the request is accepted, and the connection closed in the middle of the response
)

func (f Fault) String() string {
	return [...]string{"none", "refused for ever", "refused for now", "bad credentials", "hang", "drop"}[f]
}

// Service is an HTTP server in place of the service behind a sink. It fails on request.
type Service struct {
	URL string

	handler http.Handler
	refuse  func(w http.ResponseWriter, f Fault)

	mu       sync.Mutex
	fault    Fault
	left     int // requests that the fault concerns; negative: all
	requests int
	hanging  chan struct{}

	server *httptest.Server
	lines  lines
}

// NewService starts a service. handler answers as the real one does, without any fault; refuse writes the response to a refused
// request. The service stops at the end of the test.
func NewService(t testing.TB, handler http.Handler, refuse func(w http.ResponseWriter, f Fault)) *Service {
	t.Helper()
	s := &Service{handler: handler, refuse: refuse, hanging: make(chan struct{}, 1)}
	s.server = httptest.NewUnstartedServer(s)
	s.lines.Listener, s.lines.heard = s.server.Listener, s.hanging
	s.server.Listener = &s.lines
	s.server.Start()
	t.Cleanup(s.Stop)
	s.URL = s.server.URL
	return s
}

// Stop stops the service: it can no longer be reached.
func (s *Service) Stop() {
	s.lines.end()
	s.server.Close()
}

// Vanish makes the service deaf on all connections there are, as a host does that has lost its power: it takes what is sent and never
// answers. New connections work.
func (s *Service) Vanish() { s.lines.deafen() }

// Fail lets the next requests fail: count of them, or all if count is negative.
func (s *Service) Fail(f Fault, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.left = f, count
}

// Requests returns how many requests have been received.
func (s *Service) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Hanging receives a value when a request hangs, or is sent on a connection that has been made deaf.
func (s *Service) Hanging() <-chan struct{} { return s.hanging }

// next returns the fault of a request.
func (s *Service) next() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.left == 0 {
		return None
	}
	s.left--
	return s.fault
}

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch f := s.next(); f {
	case None:
		s.handler.ServeHTTP(w, r)
	case Hang:
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a client that gives up only after the body
		s.hanging <- struct{}{}
		<-r.Context().Done()
	case Drop:
		s.handler.ServeHTTP(httptest.NewRecorder(), r)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = connection.Write([]byte("HTTP/1.1 200 OK\r\nContent-Le"))
		_ = connection.Close()
	default:
		s.refuse(w, f)
	}
}
