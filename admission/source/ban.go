package source

import (
	"net/netip"
	"time"

	"timbre"
)

// Failed raises the ban score of a source: it asked for what it may not have, or sent nonsense. What others may have sent in its name does
// not count. If no connector has credentials, each message of an unknown source has been counted already.
func (l *Limiter) Failed(o timbre.Origin) {
	allowed, provable := l.deps.Allowed(o.Addr)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.find(o.Addr, allowed, now); !known && provable && o.Returned {
		l.fail(l.unknown.get(o.Addr), maxFailures, now)
	}
}

// fail counts a failure, and bans a source that has more than a number of them. It reports whether the source was banned.
// Which refusals are failures, sip/transport decides.
func (l *Limiter) fail(s *source, limit int, now time.Time) (banned bool) {
	if now.Sub(s.since) >= window {
		s.since, s.failures = now, 0
	}
	if s.failures++; s.failures <= limit || l.cfg.Ban <= 0 {
		return false
	}
	if !s.banned.After(now) {
		l.metrics.bans.Inc()
		l.env.Repeats.Count(l.env.Log, "ban", "source banned", "network", s.network, "failures", s.failures, "duration", l.cfg.Ban)
	}
	s.banned, s.failures = now.Add(l.cfg.Ban), 0
	return true
}

// Banned reports whether a source is banned now. Datagrams that others may have written are no part of a ban.
func (l *Limiter) Banned(from netip.Addr) bool {
	if l.Known(from) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.unknown.peek(from)
	return s != nil && s.banned.After(l.env.Steady())
}
