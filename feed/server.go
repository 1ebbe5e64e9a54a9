package feed

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"timbre"
	"timbre/environment"
	"timbre/ttl"
)

// Path is where feeds are taken: there, or one level below by the id of a connector.
const Path = "/feed"

// Server takes feeds. It is an http.Handler; Run ends the feeds that it has taken.
type Server struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics *metrics
	nonces  *nonces
	tokens  atomic.Pointer[tokens] // by which platforms sign; nil: none

	mu       sync.Mutex
	live     map[liveFeed]bool
	places   map[string]int                             // taken, by connector
	turns    uint64                                     // of uploads
	ended    *ttl.Map[origin, map[string]time.Duration] // the newest media time of each track of uploads that ended in order
	stopping bool                                       // no new calls
	closed   bool                                       // no new feeds
	open     sync.WaitGroup                             // of live
}

// New makes a Server.
func New(env environment.Environment, cfg Config, deps Deps) *Server {
	env, cfg = env.Complete(), cfg.withDefaults()
	return &Server{
		env: env, cfg: cfg, deps: deps, metrics: newMetrics(env.Metrics), nonces: newNonces(env, deps.Journal), live: map[liveFeed]bool{}, places: map[string]int{},
		ended: ttl.NewMap[origin, map[string]time.Duration](cfg.ResumeTimeout, nil),
	}
}

// liveFeed is a feed that the server has taken.
type liveFeed interface {
	// stop ends it, from any goroutine.
	stop(reason *failure)
	// place is what it has among the feeds of a connector.
	place() *seat
}

// ServeHTTP serves one feed, to its end, or an operation of Kinesis Video Streams.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if operation, of := kinesis[r.URL.Path]; of && s.deps.Signatures != nil {
		s.serveKinesis(w, r, operation)
		return
	}
	f := newSession(s, r.RemoteAddr)
	if refused := s.keep(f, f.peer, func() { s.serveSocket(w, r, f) }); refused != nil {
		s.refuse(w, f.peer, refused)
	}
}

// keep serves a feed that is registered meanwhile, unless that is refused. A panic ends it, and no other.
func (s *Server) keep(f liveFeed, peer string, serve func()) *refusal {
	if refused := s.add(f); refused != nil {
		return refused
	}
	defer s.remove(f)
	defer func() {
		if p := recover(); p != nil {
			text := fmt.Sprintf("%.200v", p)
			s.env.Repeats.CountAt(s.env.Log, slog.LevelError, text, "panic in a feed", "peer", peer, "panic", text, "stack", string(debug.Stack()))
		}
	}()
	serve()
	return nil
}

// serveSocket serves a feed by WebSocket.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request, f *session) {
	request, admitted, refusal := s.admit(r)
	if refusal != nil {
		s.refuse(w, f.peer, refusal)
		return
	}
	if timbre.Overloaded(s.deps.Load) {
		s.refuse(w, f.peer, overloaded)
		return
	}
	if !s.take(&f.seat, onlyID(admitted)) {
		s.refuse(w, f.peer, refuse(http.StatusServiceUnavailable, "full", s.full()))
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OnPingReceived: f.pinged, Subprotocols: subprotocols()})
	if err != nil { // Accept has responded
		s.metrics.refused.WithLabelValues("malformed").Inc()
		s.env.Repeats.Count(s.env.Log, "malformed", "feed refused", "reason", "malformed", "detail", err, "peer", f.peer)
		return
	}
	conn.SetReadLimit(maxMessage)
	f.request, f.header, f.admitted = request, r.Header, admitted
	f.run(context.WithoutCancel(r.Context()), conn)
}

// add registers a feed; a refusal if there are too many, or the server is stopping. Uploads may go on with live calls: room looks at those that
// do not.
func (s *Server) add(f liveFeed) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, is := f.(*upload)
	switch n := len(s.live); {
	case s.closed, s.stopping && !is:
		return stopping
	case n >= 2*s.cfg.MaxFeeds, n >= s.cfg.MaxFeeds && !is:
		return crowded(n)
	}
	s.live[f] = true
	s.open.Add(1)
	s.metrics.live.Inc()
	return nil
}

func (s *Server) remove(f liveFeed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, f)
	s.leave(f.place())
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
	s.stopping, s.closed = true, true
	for f := range s.live {
		f.stop(fail("stopping", "the server was stopped"))
	}
	s.mu.Unlock()
	s.open.Wait()
}
