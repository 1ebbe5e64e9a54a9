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
	admission Admission
	calls     Calls
	metrics   *metrics

	mu      sync.Mutex
	live    map[*session]bool
	leaving bool
	gone    sync.WaitGroup // of live
}

// New makes a Server; Invalid when metrics are there already.
func New(cfg Config, admission Admission, calls Calls) (*Server, error) {
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
	return &Server{cfg: cfg, admission: admission, calls: calls, metrics: m, live: map[*session]bool{}}, nil
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
	admitted, refusal := s.admit(r)
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
	f.admitted = admitted
	f.run(context.WithoutCancel(r.Context()), conn)
}

// admit returns the connectors that a request may feed. Requests of web pages, which have an Origin, are refused: a page
// could use the credentials or the network of whoever visits it.
func (s *Server) admit(r *http.Request) ([]timbre.Access, *refusal) {
	id, below := strings.CutPrefix(r.URL.Path, Path+"/")
	if below && id == "" || !below && r.URL.Path != Path {
		return nil, refuse(http.StatusNotFound, "no_connector", "feeds are taken at "+Path+"/CONNECTOR")
	}
	if len(r.Header.Values("Origin")) > 0 {
		return nil, refuse(http.StatusForbidden, "origin", "requests of web pages, which have an Origin, are not taken")
	}
	source, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return nil, refuse(http.StatusInternalServerError, "internal", "no source address: "+err.Error())
	}
	request := timbre.AccessRequest{
		ConnectorID: id, Source: timbre.PlainAddr(source.Addr()), Encrypted: r.TLS != nil,
		Scheme: timbre.Basic, Authorization: r.Header.Values("Authorization"),
	}
	var admitted []timbre.Access
	if below {
		admitted = make([]timbre.Access, 1)
		admitted[0], err = s.admission.Admit(r.Context(), request)
	} else {
		admitted, err = s.admission.AdmitAny(r.Context(), request)
	}
	if err != nil {
		return nil, denied(err)
	}
	return admitted, nil
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
