package transport

import (
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"

	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/header"
)

// Stack is a SIP stack on a set of listeners.
type Stack struct {
	env       environment.Environment
	cfg       Config
	deps      Deps
	metrics   *metrics
	inFlight  *inFlight // handlers, and what Do runs
	strangers strangers

	parser    *gosip.Parser
	ua        *sipgo.UserAgent
	client    *sipgo.Client
	listeners []*listener
	outbound  map[string]*outbound // by network
	serving   sync.WaitGroup       // of outbound, once it is needed
	closing   sync.Once
	closed    chan struct{}
}

// New makes a stack. Invalid: a listening address cannot be read, or a TLS listener has no certificate.
func New(env environment.Environment, cfg Config, deps Deps) (*Stack, error) {
	env = env.Complete()
	s := &Stack{env: env, cfg: cfg, deps: deps, inFlight: newInFlight(), strangers: newStrangers(), parser: header.NewParser(), closed: make(chan struct{})}
	s.parser.MaxMessageLength = cfg.MaxBody + maxHead
	s.outbound = map[string]*outbound{"tcp": s.newOutbound("tcp"), "tls": s.newOutbound("tls")}
	for _, address := range cfg.Listen {
		l, err := s.newListener(address)
		if err != nil {
			return nil, err
		}
		s.listeners = append(s.listeners, l)
	}
	if err := s.assemble(); err != nil {
		return nil, timbre.Errorf(timbre.Internal, "transport.New", "SIP stack: %w", err)
	}
	s.metrics = newMetrics(env.Metrics, s.pooledSources)
	return s, nil
}

// newListener makes the listener of an address, with the wrappers that its connections pass: limited in number and in the
// time of a write, encrypted, framed.
func (s *Stack) newListener(address string) (*listener, error) {
	l, err := newListener(address)
	if err != nil {
		return nil, err
	}
	l.dscp, l.limited, l.framed = s.cfg.DSCP, s.deps.Sources.Listener, s.framed
	if l.network != "tls" {
		return l, nil
	}
	if s.cfg.Certificate == nil {
		return nil, timbre.Errorf(timbre.Invalid, "transport.New", "%s needs a certificate", address)
	}
	l.secured = func(tcp net.Listener) net.Listener {
		return tlsListener{tcp, tlsConfig(s.cfg.Certificate, nil), s.handshakeFailed}
	}
	return l, nil
}

// assemble makes the user agent, with its transport and transaction layers, and the client that sends requests.
func (s *Stack) assemble() (err error) {
	log := slog.New(stackLog{s})
	s.ua, err = sipgo.NewUA(sipgo.WithUserAgent("Timbre"), sipgo.WithUserAgentParser(s.parser),
		sipgo.WithUserAgentTransportLayerOptions(gosip.WithTransportLayerLogger(log), gosip.WithTransportLayerReadFilter(s.prefilter),
			gosip.WithTransportLayerTransports(transports())),
		sipgo.WithUserAgentTransactionLayerOptions(gosip.WithTransactionLayerLogger(log),
			gosip.WithTransactionLayerUnhandledResponseHandler(func(*gosip.Response) {})))
	if err != nil {
		return err
	}
	server, err := sipgo.NewServer(s.ua, sipgo.WithServerLogger(log))
	if err != nil {
		return err
	}
	server.OnNoRoute(s.Serve)
	s.client, err = sipgo.NewClient(s.ua, sipgo.WithClientLogger(log))
	return err
}

// Serve hands a request to the handler, with a transaction whose messages go to the SIP log. The stack calls it on a
// goroutine of its own for each request; after Close it does nothing.
func (s *Stack) Serve(req *gosip.Request, tx gosip.ServerTransaction) {
	if !s.inFlight.enter() {
		return
	}
	defer s.inFlight.leave()
	defer func() {
		if p := recover(); p != nil {
			s.panicked(p)
			s.Refuse(req, tx, Refuse(500, "panic", "%v", p))
		}
	}()
	s.deps.Handle(req, &loggedTransaction{ServerTransaction: tx, stack: s, req: req})
}

// Do runs f on a goroutine of its own, for which Close waits. A panic in it is logged. False: the stack is closed, and f
// does not run.
func (s *Stack) Do(f func()) bool {
	if !s.inFlight.enter() {
		return false
	}
	go func() {
		defer s.inFlight.leave()
		defer s.recovered(nil)
		f()
	}()
	return true
}

// recovered is deferred where a panic would end the process. Of one that it recovers from it tells the log, and then; nil: nobody else.
func (s *Stack) recovered(then func()) {
	p := recover()
	if p == nil {
		return
	}
	s.panicked(p)
	s.Reject("panic")
	if then != nil {
		then()
	}
}

// panicked logs a panic. A peer that has found one can make it happen at will.
func (s *Stack) panicked(p any) {
	text := fmt.Sprintf("%.200v", p)
	s.env.Repeats.CountAt(s.env.Log, slog.LevelError, text, "panic", "panic", text, "stack", string(debug.Stack()))
}

// InFlight is how many requests are being handled, and functions of Do run.
func (s *Stack) InFlight() int { return s.inFlight.count() }
