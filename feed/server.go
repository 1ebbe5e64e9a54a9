package feed

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"

	"github.com/coder/websocket"

	"timbre/environment"
)

// Path is where feeds are taken: there, or one level below by the id of a connector.
const Path = "/feed"

// Server takes feeds. It is an http.Handler; Run ends the feeds that it has taken.
type Server struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics *metrics
	refused environment.Tally

	mu       sync.Mutex
	live     map[*session]bool
	stopping bool           // no new calls
	open     sync.WaitGroup // of live
}

// New makes a Server.
func New(env environment.Environment, cfg Config, deps Deps) *Server {
	return &Server{
		env: env.Complete(), cfg: cfg.withDefaults(), deps: deps, metrics: newMetrics(env.Metrics), live: map[*session]bool{},
	}
}

// ServeHTTP serves one feed, to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := newSession(s, r.RemoteAddr)
	if r := s.add(f); r != nil {
		s.refuse(w, f.peer, r)
		return
	}
	defer s.remove(f)
	defer func() {
		if p := recover(); p != nil {
			s.env.Log.Error("panic in a feed", "peer", f.peer, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	request, admitted, refusal := s.admit(r)
	if refusal != nil {
		s.refuse(w, f.peer, refusal)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OnPingReceived: f.pinged})
	if err != nil { // Accept has responded
		s.metrics.refused.WithLabelValues("malformed").Inc()
		s.refused.Count(s.env.Log, "malformed", "feed refused", "reason", "malformed", "detail", err, "peer", f.peer)
		return
	}
	conn.SetReadLimit(maxMessage)
	f.request, f.admitted = request, admitted
	f.run(context.WithoutCancel(r.Context()), conn)
}

// add registers a feed; a refusal if there are too many, or the server is stopping.
func (s *Server) add(f *session) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopping:
		return refuse(http.StatusServiceUnavailable, "unavailable", "the server is stopping")
	case len(s.live) >= s.cfg.MaxFeeds:
		return refuse(http.StatusServiceUnavailable, "full", fmt.Sprintf("%d feeds are open already", len(s.live)))
	}
	s.live[f] = true
	s.open.Add(1)
	s.metrics.live.Inc()
	return nil
}

func (s *Server) remove(f *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, f)
	s.metrics.live.Dec()
	s.open.Done()
}

// Drain refuses new feeds and new calls from now on. Live calls continue.
func (s *Server) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopping = true
}

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// Run waits for the end of ctx, then refuses new feeds, ends the live ones and waits for them. The port is closed by its
// owner.
func (s *Server) Run(ctx context.Context) {
	<-ctx.Done()
	s.mu.Lock()
	s.stopping = true
	for f := range s.live {
		f.stop(fail("stopping", "the server was stopped"))
	}
	s.mu.Unlock()
	s.open.Wait()
}
