package sentry

import (
	"net"
	"net/netip"
	"sync"
)

// How many connections there may be: each costs memory before it has said anything.
const (
	maxConnections = 4000 // of known sources
	maxOfOne       = 2000 // of one known source
	maxStrange     = 256  // of strangers
	maxOfStranger  = 10   // of one stranger
)

// Listener is a listener that takes no more connections than there may be, and none of the banned.
func (g *Sentry) Listener(l net.Listener) net.Listener { return listener{l, g} }

type listener struct {
	net.Listener
	g *Sentry
}

func (l listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		leave, ok := l.g.connect(Source(c.RemoteAddr()))
		if !ok {
			_ = c.Close()
			continue
		}
		return &connection{Conn: c, leave: leave}, nil
	}
}

// connection is one that is counted.
type connection struct {
	net.Conn
	once  sync.Once
	leave func()
}

func (c *connection) Close() error {
	c.once.Do(c.leave)
	return c.Conn.Close()
}

// connect counts a connection; leave counts it out again.
func (g *Sentry) connect(from netip.Addr) (leave func(), ok bool) {
	allowed, _ := g.cfg.Allowed(from)
	now := g.cfg.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	s, known := g.find(from, allowed, now)
	most, mostOfOne := maxConnections, maxOfOne
	if !known {
		most, mostOfOne = maxStrange, maxOfStranger
	}
	var reason string
	switch {
	case !known && s.banned.After(now):
		reason = "banned"
	case !known && !s.words.take(now, strangerRate, strangerBurst):
		reason = "flood"
	case s.connections >= mostOfOne:
		reason = "source"
	case g.connections[known] >= most:
		reason = "all"
	default:
		s.connections++
		g.connections[known]++
		return func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			s.connections--
			g.connections[known]--
		}, true
	}
	g.metrics.refused.WithLabelValues(reason).Inc()
	return nil, false
}

// Source is the address of a socket's peer; not valid for what has none.
func Source(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}
