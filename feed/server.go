package feed

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"timbre"
)

// Path is where feeds are taken: there, or one level below by the id of a connector.
const Path = "/feed"

// Server takes feeds. It is an http.Handler, and ends what it has begun when Run ends.
type Server struct {
	cfg       Config
	admission admission
	guesses   guesses
	calls     Calls
	metrics   *metrics

	mu      sync.Mutex
	live    map[*session]bool
	leaving bool
	gone    sync.WaitGroup // of live
}

// New makes a Server; Invalid when metrics are there already.
func New(cfg Config, dir Directory, calls Calls) (*Server, error) {
	if cfg.Allow == nil {
		cfg.Allow = func(string, int) bool { return true }
	}
	if cfg.Most == 0 {
		cfg.Most = 1000
	}
	if cfg.Patience == 0 {
		cfg.Patience = 10 * time.Second
	}
	if cfg.Idle == 0 {
		cfg.Idle = time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	m, err := newMetrics(cfg.Metrics)
	if err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "feed.New", "metrics: %w", err)
	}
	return &Server{cfg: cfg, admission: admission{dir}, guesses: guesses{now: cfg.Now, wrong: map[netip.Prefix]tries{}}, calls: calls, metrics: m, live: map[*session]bool{}}, nil
}

// ServeHTTP takes one feed, from its request to its end.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := newSession(s, r.RemoteAddr)
	if r := s.enter(f); r != nil {
		s.refuse(w, f.source, r)
		return
	}
	defer s.leave(f)
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("panic in a feed", "source", f.source, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	doors, refusal := s.admit(r)
	if refusal != nil {
		s.refuse(w, f.source, refusal)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OnPingReceived: f.pinged})
	if err != nil { // it has been answered
		s.metrics.refused.WithLabelValues("malformed").Inc()
		s.cfg.Log.Warn("feed refused", "reason", "malformed", "detail", err, "source", f.source)
		return
	}
	conn.SetReadLimit(maxMessage)
	f.doors = doors
	f.run(context.WithoutCancel(r.Context()), conn)
}

// admit says which connectors a request may feed. Browsers name the page that they ask for, and no page has business here.
func (s *Server) admit(r *http.Request) ([]door, *refusal) {
	id, below := strings.CutPrefix(r.URL.Path, Path+"/")
	if !below && r.URL.Path != Path {
		return nil, refuse(http.StatusNotFound, "no_connector", "feeds are taken at "+Path+"/CONNECTOR")
	}
	if len(r.Header.Values("Origin")) > 0 {
		return nil, refuse(http.StatusForbidden, "origin", "requests of web pages, which have an Origin, are not taken")
	}
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "internal", "no source address: "+err.Error())
	}
	g := guest{source: source.Addr().Unmap().WithZone(""), encrypted: r.TLS != nil}
	g.user, g.password, _ = r.BasicAuth()
	tired := g.user != "" && !s.guesses.may(g.source)
	if tired {
		g.user = ""
	}
	ask := func() ([]door, *refusal) { return s.admission.open(r.Context(), g) }
	if below {
		ask = func() ([]door, *refusal) { return s.admission.named(r.Context(), id, g) }
	}
	doors, refusal := ask()
	switch {
	case refusal == nil || refusal.status != http.StatusForbidden:
	case tired:
		refusal = refuse(http.StatusTooManyRequests, "guessing", "too many wrong passwords came from the source")
	case g.user != "":
		s.guesses.failed(g.source)
	}
	return doors, refusal
}

// enter notes a feed; a refusal when there are too many or the server is being stopped.
func (s *Server) enter(f *session) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.leaving:
		return refuse(http.StatusServiceUnavailable, "unavailable", "the server is being stopped")
	case len(s.live) >= s.cfg.Most:
		return refuse(http.StatusServiceUnavailable, "full", fmt.Sprintf("there are %d feeds already", len(s.live)))
	}
	s.live[f] = true
	s.gone.Add(1)
	s.metrics.live.Inc()
	return nil
}

func (s *Server) leave(f *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, f)
	s.metrics.live.Dec()
	s.gone.Done()
}

// Run waits until ctx ends, then ends all feeds and takes no more. The port is closed by whoever opened it.
func (s *Server) Run(ctx context.Context) {
	<-ctx.Done()
	s.mu.Lock()
	s.leaving = true
	for f := range s.live {
		f.stop(fault("stopping", "the server was stopped"))
	}
	s.mu.Unlock()
	s.gone.Wait()
}
