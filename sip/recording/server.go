package recording

import (
	"context"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/environment"
	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// Server holds recording sessions.
type Server struct {
	ctx      context.Context // of requests that are sent; ends when the stack closes
	env      environment.Environment
	cfg      Config
	deps     Deps
	metrics  *metrics
	sessions dialog.Table[*session]
	leaving  atomic.Bool // no new sessions
}

// New makes a server. Once ctx has ended it sends no more requests.
func New(ctx context.Context, env environment.Environment, cfg Config, deps Deps) *Server {
	s := &Server{ctx: ctx, env: env.Complete(), cfg: cfg, deps: deps}
	s.metrics = newMetrics(env.Metrics, s.Len)
	return s
}

// Holds reports whether a request is in the dialog of a session.
func (s *Server) Holds(req *gosip.Request) bool {
	_, held := s.sessions.Find(req)
	return held
}

// Request serves a request in the dialog of a session. False: it is in none.
func (s *Server) Request(req *gosip.Request, tx gosip.ServerTransaction) bool {
	d, found := s.sessions.Find(req)
	if !found {
		return false
	}
	s.deps.Agent.LogFor(tx, d.Connector())
	if r := d.Receive(req); r != nil {
		s.deps.Agent.Refuse(req, tx, r)
		return true
	}
	switch req.Method {
	case gosip.ACK: // the dialog has taken it
	case gosip.BYE:
		s.end(d, "")
		s.deps.Agent.Respond(tx, gosip.NewResponseFromRequest(req, 200, "OK", nil))
	case gosip.INVITE, gosip.UPDATE:
		s.change(req, tx, d)
	case gosip.INFO:
		s.info(req, tx, d)
	case gosip.PRACK: // the 200 is the first response
		s.refuse(req, tx, dialog.NoProvisional())
	case gosip.OPTIONS:
		res := d.Response(req, 200, "OK")
		res.AppendHeader(gosip.NewHeader("Accept", Accept))
		s.deps.Agent.Respond(tx, res)
	default:
		s.deps.Agent.Refuse(req, tx, transport.Refuse(405, "method", "method %.16q is not supported", req.Method).With("Allow", Allow))
	}
	return true
}

// Leave ends every session and takes no new one. It returns when the peers have answered, or when the stack closes.
func (s *Server) Leave() {
	s.leaving.Store(true)
	var all sync.WaitGroup
	for _, d := range s.sessions.All() {
		all.Go(func() { s.hangUp(d, "the server was stopped") })
	}
	all.Wait()
}

// Len is the number of sessions.
func (s *Server) Len() int { return s.sessions.Len() }

func (s *Server) refuse(req *gosip.Request, tx gosip.ServerTransaction, r *transport.Refusal) {
	s.deps.Agent.Refuse(req, tx, r)
}
