package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/sentry"
	"timbre/sip/siprec"
	"timbre/sip/trunk"
)

// Server takes calls.
type Server struct {
	cfg       Config
	now       func() time.Time
	log       *slog.Logger
	metrics   *metrics
	admission admission
	sentry    *sentry.Sentry
	calls     Calls
	media     Media
	trunk     *trunk.Exchange
	rate      rate
	pings     pings
	dialogs   *table
	gate      *gate         // of everything that works on a request or a dialog
	leaving   atomic.Bool   // no new calls
	farewell  time.Duration // how long a server that stops waits for the answers to its BYEs
	send      func(ctx context.Context, req *gosip.Request, heard func(*gosip.Response)) error
	agent     agent
	diary     timbre.SIPLog

	ctx       context.Context // of requests that are sent; ends when the server closes
	cancel    context.CancelFunc
	ua        *sipgo.UserAgent
	parser    *gosip.Parser
	listeners []*listener
	closing   sync.Once
}

// New makes a server; Invalid when a listening address cannot be read, or metrics are there already.
func New(cfg Config, dir Directory, calls Calls, media Media) (*Server, error) {
	const op = "sip.New"
	s := &Server{
		cfg: cfg, now: cfg.Now, log: cfg.Log, calls: calls, media: media,
		dialogs: newTable(), gate: newGate(), farewell: 2 * time.Second, parser: gosip.NewParser(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.admission = admission{dir, newNonces(s.now), &allowList{dir: dir, generation: cfg.Generation}, nil}
	if s.diary = cfg.Diary; s.diary == nil {
		s.diary = noDiary{}
	}
	s.pings.last = map[string]timbre.Ping{}
	s.rate = rate{now: s.now, busy: map[string]time.Time{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.parser.MaxMessageLength = siprec.MaxBody + 64<<10
	var err error
	if s.metrics, err = newMetrics(cfg.Metrics, s.dialogs.size, s.reached); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, op, "metrics: %w", err)
	}
	s.sentry = sentry.New(sentry.Config{Allowed: s.standing, Invites: cfg.Invites, Ban: cfg.Ban, Deaf: cfg.Deaf, Now: s.now, Log: s.log, Metrics: cfg.Metrics})
	s.admission.proven = s.sentry.Proven
	for _, at := range cfg.Listen {
		l, err := newListener(at)
		if err != nil {
			return nil, err
		}
		if l.network == "tls" {
			if cfg.Certificate == nil {
				return nil, timbre.Errorf(timbre.Invalid, op, "%s needs a certificate", at)
			}
			l.secure = func(plain net.Listener) net.Listener {
				return secured{plain, tlsConfig(cfg.Certificate, nil), s.ungreeted}
			}
		}
		l.dscp, l.counted, l.framed = cfg.DSCP, s.sentry.Listener, func(l net.Listener) net.Listener { return framed{l, s} }
		s.listeners = append(s.listeners, l)
	}
	if err := s.stack(); err != nil {
		return nil, timbre.Errorf(timbre.Internal, op, "SIP stack: %w", err)
	}
	if s.trunk, err = s.exchange(); err != nil {
		return nil, err
	}
	return s, nil
}

// stack sets up the SIP stack and says what answers which request.
func (s *Server) stack() error {
	log := slog.New(stackLog{s})
	var err error
	s.ua, err = sipgo.NewUA(sipgo.WithUserAgent("Timbre"), sipgo.WithUserAgentParser(s.parser), sipgo.WithUserAgenTLSConfig(tlsConfig(nil, s.cfg.Authorities)),
		sipgo.WithUserAgentTransportLayerOptions(gosip.WithTransportLayerLogger(log), gosip.WithTransportLayerReadFilter(s.screen)),
		sipgo.WithUserAgentTransactionLayerOptions(gosip.WithTransactionLayerLogger(log),
			gosip.WithTransactionLayerUnhandledResponseHandler(func(*gosip.Response) {})))
	if err != nil {
		return err
	}
	srv, err := sipgo.NewServer(s.ua, sipgo.WithServerLogger(log))
	if err != nil {
		return err
	}
	client, err := sipgo.NewClient(s.ua, sipgo.WithClientLogger(log))
	if err != nil {
		return err
	}
	s.agent = agent{s, client}
	s.send = func(ctx context.Context, req *gosip.Request, heard func(*gosip.Response)) error {
		s.calling(req)
		return transact(ctx, client, req, heard)
	}
	srv.OnNoRoute(s.handle)
	return nil
}

// handle answers a request. It is called on a goroutine of its own; whatever goes wrong in it ends there.
func (s *Server) handle(req *gosip.Request, tx gosip.ServerTransaction) {
	if !s.gate.enter() {
		return
	}
	defer s.gate.leave()
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("panic", "method", req.Method, "panic", private(fmt.Sprint(p)), "stack", string(debug.Stack()))
			s.refuse(req, tx, refuse(500, "panic", "%v", p))
		}
	}()
	tx = &noted{ServerTransaction: tx, s: s, req: req}
	if r := check(req); r != nil {
		s.refuse(req, tx, r)
		return
	}
	inside := req.To().Params.GetOr("tag", "") != ""
	if inside && s.trunk.Request(req, tx) {
		return
	}
	d := s.dialogs.find(req)
	if d != nil {
		belongs(tx, d.connector)
	}
	if d != nil && d.secured && !overTLS(req) {
		s.refuse(req, tx, inClear())
		return
	}
	switch {
	case req.IsAck():
		if d != nil {
			d.acknowledged(req.CSeq().SeqNo, req.Body())
		}
	case req.IsCancel(): // the stack has found nothing to cancel
		s.refuse(req, tx, refuse(481, "no_dialog", "there is nothing to cancel"))
	case req.IsInvite() && !inside:
		s.invite(req, tx)
	case d == nil && (inside || req.Method == gosip.BYE || req.Method == gosip.UPDATE):
		s.refuse(req, tx, refuse(481, "no_dialog", "there is no such call"))
	case req.Method == gosip.OPTIONS:
		s.ping(req)
		s.options(req, tx)
	case req.Method == gosip.BYE:
		s.bye(req, tx, d)
	case req.IsInvite(), req.Method == gosip.UPDATE:
		s.refresh(req, tx, d)
	default:
		s.refuse(req, tx, refuse(405, "method", "method %.16q", req.Method).with("Allow", allow))
	}
}

func (s *Server) options(req *gosip.Request, tx gosip.ServerTransaction) {
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	if s.knows(req) { // a stranger, who may not be who he says he is, gets no more than he has sent
		res.AppendHeader(gosip.NewHeader("Allow", allow))
		res.AppendHeader(gosip.NewHeader("Accept", accept))
		res.AppendHeader(gosip.NewHeader("Supported", supported))
	}
	s.respond(tx, res)
}

// Run serves until ctx ends, or until a listener fails, which is the error then. It leaves no call: live ones are ended
// and their peers told. Listen comes first.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, len(s.listeners))
	var serving sync.WaitGroup
	defer func() {
		s.close()
		serving.Wait()
	}()
	for _, l := range s.listeners {
		if l.bound() == nil {
			return timbre.Errorf(timbre.Internal, "sip.Run", "%s is not bound: Listen comes first", l)
		}
		serving.Go(func() { failed <- l.serve(s.ua.TransportLayer()) })
	}
	serving.Go(func() { s.minutes(s.ctx) })
	serving.Go(func() { s.trunk.Run(s.ctx) })
	select {
	case <-ctx.Done():
		s.leave()
		return nil
	case err := <-failed:
		return timbre.Errorf(timbre.Unavailable, "sip.Run", "a SIP listener has stopped: %w", err)
	}
}

// leave ends every call.
func (s *Server) leave() {
	s.leaving.Store(true)
	stop := time.AfterFunc(s.farewell, s.cancel)
	defer stop.Stop()
	var all sync.WaitGroup
	for _, d := range s.dialogs.all() {
		all.Go(func() { s.hangUp(d, "the server was stopped") })
	}
	all.Go(func() { s.trunk.Leave(s.ctx) })
	all.Wait()
}

// close lets go of everything: sockets, transactions, goroutines.
func (s *Server) close() {
	s.closing.Do(func() {
		s.leaving.Store(true)
		s.cancel()
		for _, d := range s.dialogs.all() {
			s.hangUp(d, "the server was stopped")
		}
		s.trunk.Leave(s.ctx)
		for _, l := range s.listeners {
			l.close()
		}
		_ = s.ua.Close() // what it complains of is closed already
		s.gate.close()
		_ = s.ua.Close() // what the last ones through the gate may have opened
	})
}

// Close gives back what Listen has bound, for a server that is not run after all. Run closes by itself.
func (s *Server) Close() error {
	s.close()
	return nil
}

// Listen binds every address, and gives them as they are, with the ports that were free. Unavailable: a port is in use, or
// an address is not ours.
func (s *Server) Listen() ([]string, error) {
	var at []string
	for _, l := range s.listeners {
		if err := l.listen(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if l.packets != nil {
			s.metrics.buffer.Set(float64(received(l.packets)))
		}
		at = append(at, l.String())
	}
	return at, nil
}

// Addr is the first address bound for "udp", "tcp" or "tls"; not valid without.
func (s *Server) Addr(network string) netip.AddrPort {
	for _, l := range s.listeners {
		if l.network == network && l.bound() != nil {
			return addrPort(l.bound())
		}
	}
	return netip.AddrPort{}
}
