package source

import (
	"net"
	"net/netip"
	"time"

	"timbre"
)

// Listener wraps a listener: connections over the limits and those of banned sources are closed at once, or one of an unknown source that
// is of less use is.
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
		in, displaced := l.limiter.connect(c)
		if displaced != nil {
			_ = displaced.Close()
		}
		if in == nil {
			_ = c.Close()
			continue
		}
		return in, nil
	}
}

// connection is one that has a place.
type connection struct {
	net.Conn
	limiter     *Limiter
	addr        netip.Addr
	host, owner netip.Prefix
	since       time.Time
	known       bool
}

func (c *connection) Close() error {
	c.limiter.mu.Lock()
	c.limiter.places.leave(c)
	c.limiter.mu.Unlock()
	return c.Conn.Close()
}

// connect gives a connection a place, which another one may lose by that. Nil: there is none for it.
func (l *Limiter) connect(c net.Conn) (in, displaced *connection) {
	from := peer(c.RemoteAddr())
	allowed, _ := l.deps.Allowed(from)
	in = &connection{Conn: c, limiter: l, addr: from, host: timbre.HostNetwork(from), owner: timbre.OwnerNetwork(from), since: l.env.Steady()}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, in.known = l.find(from, allowed, in.since)
	reason := l.refuses(in)
	if reason == "" {
		displaced, reason = l.places.find(in)
	}
	if reason != "" {
		l.metrics.refused.WithLabelValues(reason).Inc()
		l.env.Repeats.Count(l.env.Log, "connection "+reason, "SIP connections refused", "network", in.host, "reason", reason)
		return nil, nil
	}
	if displaced != nil {
		l.places.leave(displaced)
		l.metrics.refused.WithLabelValues("displaced").Inc()
	}
	l.places.take(in)
	return in, displaced
}

// refuses is why a source may not open another connection, however many places there are; empty: it may. The caller holds mu.
func (l *Limiter) refuses(in *connection) (reason string) {
	if in.known {
		return ""
	}
	s := l.unknown.get(in.addr)
	switch {
	case s.banned.After(in.since) && l.places.hosts[in.host] > 0: // one may try a password
		return "banned"
	case !s.messages.take(in.since, unknownRate, unknownBurst):
		return "flood"
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
