package transport

import (
	"context"
	"crypto/tls"
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

const (
	// dialTimeout is how long a connection may take to open, with its TLS handshake.
	dialTimeout = 5 * time.Second
	// maxOutbound is how many connections of a network the server keeps that it has opened: peers name the hosts that requests within a
	// call go to, and might have it open any number. The one that is used again the latest makes room.
	maxOutbound = 128
)

// outbound opens the connections of a network, which the SIP stack reads like those that peers open: limited in the time of a write,
// encrypted, framed and inspected. To the stack it is one more listener.
type outbound struct {
	stack   *Stack
	network string
	secured *tls.Config // of TLS
	ctx     context.Context
	cancel  context.CancelFunc
	opened  chan *opening
	given   *opening // to the stack, which has it when it asks for the next one
	serving sync.Once

	mu      sync.Mutex
	opening map[netip.AddrPort]*opening
	open    map[netip.AddrPort]*outboundConn
}

// opening is a connection that is being opened.
type opening struct {
	conn  net.Conn
	taken chan struct{} // closed when the stack has it
	done  chan struct{} // closed when requests may be sent, or when it has failed
	err   error
}

func (s *Stack) newOutbound(network string) *outbound {
	o := &outbound{stack: s, network: network, opened: make(chan *opening), opening: map[netip.AddrPort]*opening{}, open: map[netip.AddrPort]*outboundConn{}}
	if network == "tls" {
		o.secured = tlsConfig(nil, s.cfg.Authorities)
	}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	return o
}

// connect opens a connection to an address, unless there is one. The server there proves a name by TLS.
func (o *outbound) connect(ctx context.Context, to netip.AddrPort, name string) error {
	p, err := o.begin(to, name)
	if p == nil {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		return timbre.Errorf(timbre.Unavailable, "", "no connection to %s://%s: %w", o.network, to, ctx.Err())
	}
}

// begin begins to open a connection. All that need it wait for the same one. Nil: there is one, or there is an error.
//
// The stack closes a connection under the lock by which it finds one: so it is asked without the lock that Close takes.
func (o *outbound) begin(to netip.AddrPort, name string) (*opening, error) {
	connected := o.stack.Connected(o.network, to.String())
	o.mu.Lock()
	defer o.mu.Unlock()
	if connected {
		if c := o.open[to]; c != nil {
			c.used = o.stack.env.Steady()
		}
		return nil, nil
	}
	if p := o.opening[to]; p != nil {
		return p, nil
	}
	p := &opening{taken: make(chan struct{}), done: make(chan struct{}), err: net.ErrClosed}
	if !o.stack.Do(func() { o.run(p, to, name) }) {
		return nil, net.ErrClosed
	}
	o.opening[to] = p
	return p, nil
}

func (o *outbound) run(p *opening, to netip.AddrPort, name string) {
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.opening, to)
		close(p.done)
	}()
	if o.stack.Connected(o.network, to.String()) { // since begin has asked
		p.err = nil
		return
	}
	if p.conn, p.err = o.dial(to, name); p.err != nil {
		return
	}
	o.keep(p, to)
	o.serving.Do(func() { o.stack.serving.Go(o.serve) })
	select {
	case o.opened <- p:
		<-p.taken
	case <-o.ctx.Done():
		p.err = net.ErrClosed
		_ = p.conn.Close()
	}
}

// serve hands connections to the SIP stack until Close.
func (o *outbound) serve() {
	if o.network == "tls" {
		_ = o.stack.ua.TransportLayer().ServeTLS(o)
	} else {
		_ = o.stack.ua.TransportLayer().ServeTCP(o)
	}
}

// dial opens a connection whose reader gets whole messages that have been inspected.
func (o *outbound) dial(to netip.AddrPort, name string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(o.ctx, dialTimeout)
	defer cancel()
	dialer := net.Dialer{Control: setDSCP(o.stack.cfg.DSCP)}
	tcp, err := dialer.DialContext(ctx, "tcp", to.String())
	if err != nil {
		return nil, timbre.Errorf(timbre.Unavailable, "", "no connection to %s://%s: %w", o.network, to, err)
	}
	var conn net.Conn = newWriteTimeoutConn(tcp)
	if o.secured != nil {
		config := o.secured.Clone()
		config.ServerName = name
		encrypted := tls.Client(conn, config)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, timbre.Errorf(timbre.Unavailable, "", "no TLS with %s: %w", to, err)
		}
		conn = encrypted
	}
	return o.stack.frame(conn, &inspector{stack: o.stack, from: to.Addr().Unmap(), called: true}), nil
}

// keep keeps an open connection among the others until it is closed.
func (o *outbound) keep(p *opening, to netip.AddrPort) {
	c := &outboundConn{Conn: p.conn, used: o.stack.env.Steady()}
	c.closed = func() { o.forget(c, to) }
	p.conn = c
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.open) >= maxOutbound {
		oldest := slices.MinFunc(slices.Collect(maps.Values(o.open)), func(a, b *outboundConn) int { return a.used.Compare(b.used) })
		o.stack.Do(func() { _ = oldest.Close() })
	}
	o.open[to] = c
}

func (o *outbound) forget(c *outboundConn, to netip.AddrPort) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open[to] == c {
		delete(o.open, to)
	}
}

// outboundConn is a connection that the server has opened.
type outboundConn struct {
	net.Conn
	used   time.Time // for a request
	closed func()
}

func (c *outboundConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// Accept gives the stack the next connection.
func (o *outbound) Accept() (net.Conn, error) {
	if o.given != nil {
		close(o.given.taken)
	}
	select {
	case o.given = <-o.opened:
		return o.given.conn, nil
	case <-o.ctx.Done():
		o.given = nil
		return nil, net.ErrClosed
	}
}

// Addr is no address: nobody connects to it.
func (o *outbound) Addr() net.Addr { return &net.TCPAddr{} }

// Close lets no more connections be opened.
func (o *outbound) Close() error {
	o.cancel()
	return nil
}

// connect opens the connection that a request goes by, unless there is one, or it needs none. A server that an operator has named proves
// that name; one that a party to a call has named proves its address.
func (s *Stack) connect(ctx context.Context, req *gosip.Request) error {
	o := s.outbound[gosip.NetworkToLower(req.Transport())]
	if o == nil {
		return nil
	}
	to, err := netip.ParseAddrPort(req.Destination())
	if err != nil {
		return timbre.Errorf(timbre.Internal, "transport.connect", "the destination of a request: %w", err)
	}
	name := to.Addr().Unmap().String()
	if _, err := netip.ParseAddr(req.Recipient.Host); err != nil && !withinDialog(req) {
		name = req.Recipient.Host
	}
	return o.connect(ctx, netip.AddrPortFrom(to.Addr().Unmap(), to.Port()), name)
}

// transports are those of streams, which open no connection by themselves: neither for a request, nor to the host that a Via names for a
// response whose connection is gone.
func transports() gosip.TransportsConfig {
	return gosip.TransportsConfig{TCP: notDialling(), TLS: &gosip.TransportTLS{TransportTCP: notDialling()}}
}

func notDialling() *gosip.TransportTCP {
	refuse := func(string, string, syscall.RawConn) error { return net.ErrClosed }
	return &gosip.TransportTCP{DialerCreate: func(net.Addr) net.Dialer { return net.Dialer{Control: refuse} }}
}
