package trunk

import (
	"context"
	"crypto/rand"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/transport"
)

// B2BUA holds the bridged calls.
type B2BUA struct {
	ctx     context.Context // ends when the stack closes
	env     environment.Environment
	cfg     Config
	deps    Deps
	loopKey [16]byte // of the tokens in requests that have been here
	metrics *metrics
	live    *registry
	leaving chan struct{} // closed when calls are to end
	left    sync.Once
}

// New makes a B2BUA. Once ctx has ended it sends no more requests.
func New(ctx context.Context, env environment.Environment, cfg Config, deps Deps) *B2BUA {
	u := &B2BUA{ctx: ctx, env: env.Complete(), cfg: cfg, deps: deps, live: newRegistry(), leaving: make(chan struct{})}
	_, _ = rand.Read(u.loopKey[:]) // never fails
	u.metrics = newMetrics(env.Metrics, u.live.size)
	return u
}

// Holds reports whether a request is in a dialog of a call.
func (u *B2BUA) Holds(req *gosip.Request) bool {
	_, held := u.live.find(req)
	return held
}

// Request serves a request in a dialog of a call. False: it is in none.
func (u *B2BUA) Request(req *gosip.Request, tx gosip.ServerTransaction) bool {
	s, found := u.live.find(req)
	if !found {
		return false
	}
	c := s.call
	u.deps.Agent.LogFor(tx, c.connector.ID)
	if r := s.Receive(req); r != nil {
		u.deps.Agent.Refuse(req, tx, r)
		return true
	}
	switch req.Method {
	case gosip.ACK: // the dialog has taken it
	case gosip.BYE:
		c.bye(s, req, tx)
	case gosip.INVITE, gosip.UPDATE:
		c.change(s, req, tx)
	case gosip.PRACK:
		c.prack(s, req, tx)
	case gosip.INFO, gosip.MESSAGE:
		c.relay(s, req, tx)
	case gosip.REFER, gosip.NOTIFY:
		c.refer(s, req, tx)
	case gosip.OPTIONS:
		u.deps.Agent.Respond(tx, s.Response(req, 200, "OK"))
	default:
		u.deps.Agent.Refuse(req, tx, transport.Refuse(405, "method", "method %.16q is not supported", req.Method).With("Allow", u.allow()))
	}
	return true
}

// allow lists the methods that are served.
func (u *B2BUA) allow() string {
	all := "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, MESSAGE, PRACK"
	if u.cfg.Refer {
		all += ", REFER, NOTIFY"
	}
	return all
}

// Leave ends every call with a BYE to both ends and takes no new one. It returns when they have responded, or when ctx ends.
func (u *B2BUA) Leave(ctx context.Context) {
	u.left.Do(func() { close(u.leaving) })
	var all sync.WaitGroup
	for _, c := range u.live.calls() {
		all.Go(func() { c.hangUp(ctx, nil, "the server was stopped") })
	}
	all.Wait()
}

func (u *B2BUA) isLeaving() bool { return timbre.IsClosed(u.leaving) }
