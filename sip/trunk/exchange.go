package trunk

import (
	"context"
	"crypto/rand"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"timbre/sip/transport"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// Exchange holds the calls that are put through.
type Exchange struct {
	ctx     context.Context // ends when the stack closes
	cfg     Config
	agent   Agent
	calls   Calls
	media   Media
	diary   timbre.ReceptionLog
	log     *slog.Logger
	now     func() time.Time
	chance  func() float64 // in [0, 1)
	key     [16]byte       // of the marks in requests that have been here
	metrics *metrics
	sides   *table
	leaving chan struct{} // closed when calls are to end
	left    sync.Once
}

// New makes an exchange. It waits for nobody once ctx has ended. Invalid: metrics of its names are there already.
func New(ctx context.Context, cfg Config, d Deps) (*Exchange, error) {
	e := &Exchange{
		ctx: ctx, cfg: cfg, agent: d.Agent, calls: d.Calls, media: d.Media, diary: d.Diary, log: cfg.Log, now: cfg.Now,
		chance: mathrand.Float64, sides: newTable(), leaving: make(chan struct{}),
	}
	_, _ = rand.Read(e.key[:]) // never fails
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.now == nil {
		e.now = time.Now
	}
	var err error
	if e.metrics, err = newMetrics(cfg.Metrics, e.sides.size); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "trunk.New", "metrics: %w", err)
	}
	return e, nil
}

// Request answers a request of a dialog, or takes an ACK. False: it is in none of a call here.
func (e *Exchange) Request(req *gosip.Request, tx gosip.ServerTransaction) bool {
	s, found := e.sides.find(req)
	if !found {
		return false
	}
	c := s.call
	e.agent.LogFor(tx, c.connector.ID)
	if r := s.Receive(req); r != nil {
		e.agent.Refuse(req, tx, r)
		return true
	}
	switch req.Method {
	case gosip.ACK: // the dialog has taken it
	case gosip.BYE:
		c.bye(s, req, tx)
	case gosip.INVITE, gosip.UPDATE:
		c.change(s, req, tx)
	case gosip.INFO, gosip.MESSAGE:
		c.pass(s, req, tx)
	case gosip.REFER, gosip.NOTIFY:
		if !e.cfg.Refer {
			e.agent.Refuse(req, tx, transport.Refuse(403, "refer", "%s is not passed on here", req.Method))
			return true
		}
		c.pass(s, req, tx)
	case gosip.OPTIONS:
		e.agent.Respond(tx, s.Response(req, 200, "OK"))
	default:
		e.agent.Refuse(req, tx, transport.Refuse(405, "method", "method %.16q", req.Method).With("Allow", e.allow()))
	}
	return true
}

// allow are the methods that are understood.
func (e *Exchange) allow() string {
	all := "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, MESSAGE"
	if e.cfg.Refer {
		all += ", REFER, NOTIFY"
	}
	return all
}

// Leave ends every call: both ends are told, and no new one is taken. It returns when they have answered, or when ctx ends.
func (e *Exchange) Leave(ctx context.Context) {
	e.left.Do(func() { close(e.leaving) })
	var all sync.WaitGroup
	for _, c := range e.sides.calls() {
		all.Go(func() { c.hangUp(ctx, nil, "the server was stopped") })
	}
	all.Wait()
}

func (e *Exchange) isLeaving() bool {
	select {
	case <-e.leaving:
		return true
	default:
		return false
	}
}
