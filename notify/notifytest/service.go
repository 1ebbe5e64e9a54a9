package notifytest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Service is an HTTP server in place of the service behind a sink. It fails on request.
type Service struct {
	*Faults
	URL string

	handler http.Handler
	refuse  func(w http.ResponseWriter, f Fault)

	server *httptest.Server
	lines  lines
}

// NewService starts a service. handler answers as the real one does, without any fault; refuse writes the response to a refused
// request. The service stops at the end of the test.
func NewService(t testing.TB, handler http.Handler, refuse func(w http.ResponseWriter, f Fault)) *Service {
	t.Helper()
	s := &Service{Faults: NewFaults(), handler: handler, refuse: refuse}
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

// ServeHTTP implements http.Handler.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch f := s.Next(); f {
	case None:
		s.handler.ServeHTTP(w, r)
	case Hang:
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a client that gives up only after the body
		s.Hang()
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
