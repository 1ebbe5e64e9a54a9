package source

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"timbre"
)

// The limits of open connections: each costs memory before its peer has sent anything.
const (
	maxKnown        = 4000 // of all known sources
	maxOfOneKnown   = 2000
	maxUnknown      = 256 // of all unknown sources
	maxOfOneUnknown = 10
)

// Listener wraps a listener: connections over the limits and those of banned sources are closed at once.
func (l *Limiter) Listener(inner net.Listener) net.Listener { return listener{inner, l} }

type listener struct {
	net.Listener
	limiter *Limiter
}

func (l listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		release, ok := l.limiter.connect(peer(c.RemoteAddr()))
		if !ok {
			_ = c.Close()
			continue
		}
		return &connection{Conn: c, release: release}, nil
	}
}

// connection is one that is counted.
type connection struct {
	net.Conn
	once    sync.Once
	release func()
}

func (c *connection) Close() error {
	c.once.Do(c.release)
	return c.Conn.Close()
}

// connect counts a connection; release takes it off again.
func (l *Limiter) connect(from netip.Addr) (release func(), ok bool) {
	allowed, _ := l.deps.Allowed(from)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	s, known := l.find(from, allowed, now)
	if !known {
		s = l.unknown.get(from)
	}
	if reason := l.connectable(s, known, now); reason != "" {
		l.metrics.refused.WithLabelValues(reason).Inc()
		return nil, false
	}
	s.connections++
	l.connections[known]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		s.connections--
		l.connections[known]--
	}, true
}

// connectable is why a source may not open another connection; empty: it may. The caller holds mu.
func (l *Limiter) connectable(s *source, known bool, now time.Time) (reason string) {
	limit, limitOfOne := maxKnown, maxOfOneKnown
	if !known {
		limit, limitOfOne = maxUnknown, maxOfOneUnknown
	}
	switch {
	case !known && s.banned.After(now) && s.connections > 0: // one may try a password
		return "banned"
	case !known && !s.messages.take(now, unknownRate, unknownBurst):
		return "flood"
	case s.connections >= limitOfOne:
		return "source"
	case l.connections[known] >= limit:
		return "all"
	}
	return ""
}

// peer is the address of a socket's peer, or the invalid Addr if it has none.
func peer(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return timbre.PlainAddr(ap.Addr())
}
