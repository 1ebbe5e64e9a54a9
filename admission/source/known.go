package source

import (
	"net/netip"
	"time"

	"timbre"
)

// ProofLife is how long a source stays known after it has proven a password.
const ProofLife = 24 * time.Hour

// find returns the state of a known source, and whether the source is known. The caller holds mu.
func (l *Limiter) find(from netip.Addr, allowed bool, now time.Time) (s *source, known bool) {
	if allowed {
		return l.known.get(from), true
	}
	if s = l.known.peek(from); s != nil && s.proven.After(now) {
		return l.known.get(from), true
	}
	return nil, false
}

// Known reports whether a source is known.
func (l *Limiter) Known(from netip.Addr) bool {
	if allowed, _ := l.deps.Allowed(from); allowed {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.known.peek(from)
	return s != nil && s.proven.After(l.env.Steady())
}

// Echoed reports whether a nonce is one that was sent to the source alone.
func (l *Limiter) Echoed(from netip.Addr, nonce string) bool { return l.deps.Echoed(from, nonce) }

// Proven makes a source known for a day, and lifts its ban: it has proven a password, or it is a gateway that is called.
func (l *Limiter) Proven(from netip.Addr) { l.Remember(from, ProofLife) }

// Remember makes a source known for a time, and lifts its ban.
func (l *Limiter) Remember(from netip.Addr, life time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.get(from).proven = l.env.Steady().Add(life)
	if s := l.unknown.peek(from); s != nil {
		s.banned, s.failures = time.Time{}, 0
	}
	l.places.prove(timbre.HostNetwork(from))
}
