package sip

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"timbre/environment"
	"timbre/sip/dialog"
	"timbre/sip/recording"
	"timbre/sip/siprec"
	"timbre/sip/transport"
	"timbre/sip/trunk"
)

// Server takes calls.
type Server struct {
	env             environment.Environment
	cfg             Config
	deps            Deps
	stack           *transport.Stack
	recordings      *recording.Server
	trunk           *trunk.B2BUA
	invites         dialog.Invites // of all calls
	pings           pings
	leaving         atomic.Bool   // no new calls, and OPTIONS says so
	shutdownTimeout time.Duration // for the responses to BYE when the server stops

	ctx     context.Context // of requests that are sent; ends when the server closes
	cancel  context.CancelFunc
	closing sync.Once
}

// New makes a server. Invalid: a listening address cannot be read, or a TLS listener has no certificate.
func New(env environment.Environment, cfg Config, deps Deps) (*Server, error) {
	return newServer(env, cfg, deps, func(s *transport.Stack) agent { return s })
}

// newServer is New with a wrapper of the stack for recordings and trunk.
func newServer(env environment.Environment, cfg Config, deps Deps, wrap func(*transport.Stack) agent) (*Server, error) {
	s := &Server{env: env.Complete(), cfg: cfg, deps: deps, shutdownTimeout: 2 * time.Second}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	cfg.Transport.MaxBody = siprec.MaxBody
	var err error
	s.stack, err = transport.New(s.env, cfg.Transport, transport.Deps{
		Sources: deps.Sources, Handle: s.handle, Stranger: s.stranger, Live: s.live, SIPLog: deps.SIPLog,
	})
	if err != nil {
		return nil, err
	}
	s.assemble(wrap(s.stack))
	return s, nil
}

// Listen binds every address and returns them with the ports that were assigned. Unavailable: a port is in use, or an
// address is not local.
func (s *Server) Listen() ([]string, error) {
	bound, err := s.stack.Listen()
	if err != nil {
		s.close()
	}
	return bound, err
}

// Addr is the first address bound for udp, tcp or tls; not valid without.
func (s *Server) Addr(network string) netip.AddrPort { return s.stack.Addr(network) }

// Run serves until ctx ends, or until a listener fails, which is the error then. It ends the live calls and tells their
// peers. Listen comes first.
func (s *Server) Run(ctx context.Context) error {
	stopped := make(chan error, 1)
	var serving sync.WaitGroup
	defer func() {
		s.close()
		serving.Wait()
	}()
	serving.Go(func() { stopped <- s.stack.Run(context.WithoutCancel(ctx)) }) // serves while calls are being ended
	serving.Go(func() { s.recordings.Run(s.ctx) })
	serving.Go(func() { s.trunk.Run(s.ctx) })
	select {
	case <-ctx.Done():
		s.leave()
		return nil
	case err := <-stopped:
		return err
	}
}

// Close releases what Listen has bound, for a server that is not run. Run closes by itself.
func (s *Server) Close() error {
	s.close()
	return nil
}

// Drain refuses new calls from now on, and responds to OPTIONS alike, so that peers look for another server. Live calls continue.
func (s *Server) Drain() { s.leaving.Store(true) }

// Live is the number of calls, from their INVITE to their end.
func (s *Server) Live() int { return s.invites.Len() }

// leave ends every call.
func (s *Server) leave() {
	s.leaving.Store(true)
	stop := time.AfterFunc(s.shutdownTimeout, s.cancel)
	defer stop.Stop()
	var all sync.WaitGroup
	all.Go(s.recordings.Leave)
	all.Go(func() { s.trunk.Leave(s.ctx) })
	all.Wait()
}

// close releases everything. Calls that are still live end here, without a BYE.
func (s *Server) close() {
	s.closing.Do(func() {
		s.leaving.Store(true)
		s.cancel()
		s.recordings.Leave()
		s.trunk.Leave(s.ctx)
		_ = s.stack.Close()
	})
}
