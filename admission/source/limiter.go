// Package source limits what is read from each source address, before any of it is parsed. In come the addresses of
// messages and connections, and what became of the requests; out go verdicts, metrics, and one log line per ban.
//
// A source is known if a connector's allowed hosts contain it, or if it has proven a password. A known source is never
// banned, and only its INVITEs a second are limited. Unknown sources get few messages, each and all together, and one that
// only fails is banned for a time. The package parses no message, and its memory is bounded.
package source

import (
	"net/netip"
	"sync"
	"time"

	"timbre/environment"
)

// Config of a Limiter. The zero value neither limits INVITEs nor bans.
type Config struct {
	Invites     int           // INVITEs a second from one source; 0: no limit
	Ban         time.Duration // how long an unknown source that only fails is banned; 0: never
	DropUnknown bool          // drop every message of unknown sources while no connector has credentials
}

// Allowed reports whether a connector's allowed hosts contain a source and, if not, whether the source could prove a
// password instead.
type Allowed func(source netip.Addr) (known, provable bool)

// The limits that are not settings.
const (
	maxSources   = 20000          // remembered, of known and of unknown ones each
	window       = time.Minute    // in which failures count
	maxFailures  = 20             // of an unknown source in a window; one more is a ban
	maxUninvited = 8              // messages in a window of an unknown source that cannot prove a password
	unknownRate  = 5              // messages a second of an unknown source
	unknownBurst = 20             // at once
	unknownTotal = 200            // messages a second of all unknown sources together
	refusalRate  = 1              // answers a second to a source that sends too many INVITEs
	refusalBurst = 5              // at once
	proofLife    = 24 * time.Hour // how long a source stays known after it proved a password
)

// Limiter holds the state of all sources. It is safe for concurrent use.
type Limiter struct {
	env     environment.Environment
	cfg     Config
	allowed Allowed
	metrics *metrics

	mu          sync.Mutex
	known       table // separate, so that a flood of unknown sources evicts none of them
	unknown     table
	messages    bucket       // of all unknown sources
	connections map[bool]int // by whether the source is known
}

// New makes a Limiter.
func New(env environment.Environment, cfg Config, allowed Allowed) *Limiter {
	l := &Limiter{env: env.Complete(), cfg: cfg, allowed: allowed, known: newTable(), unknown: newTable(), connections: map[bool]int{}}
	l.metrics = newMetrics(env.Metrics, l)
	return l
}

// Message judges a message that has not been parsed; invite: it looks like an INVITE. It is read, or it is answered with 503
// unread (busy), or it is dropped.
func (l *Limiter) Message(from netip.Addr, invite bool) (read, busy bool) {
	allowed, provable := l.allowed(from)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	s, known := l.find(from, allowed, now)
	if known {
		return l.limitInvites(s, invite, now)
	}
	switch {
	case s.banned.After(now):
		return l.drop(s, "banned", now)
	case !provable && l.cfg.DropUnknown:
		return l.drop(s, "unknown", now)
	case !s.messages.take(now, unknownRate, unknownBurst):
		return l.drop(s, "flood", now)
	case !provable && l.fail(s, maxUninvited, now):
		return l.drop(s, "banned", now)
	case !l.messages.take(now, unknownTotal, unknownTotal):
		return l.drop(s, "unknown_total", now)
	}
	return l.limitInvites(s, invite, now)
}

func (l *Limiter) limitInvites(s *source, invite bool, now time.Time) (read, busy bool) {
	switch {
	case !invite || l.cfg.Invites <= 0 || s.invites.take(now, l.cfg.Invites, l.cfg.Invites):
		return true, false
	case s.refusals.take(now, refusalRate, refusalBurst):
		l.metrics.shed.Inc()
		return false, true
	}
	return l.drop(s, "invites", now)
}

// drop counts a dropped message, and logs the first one of a source in a window. Bans have been logged already.
func (l *Limiter) drop(s *source, reason string, now time.Time) (read, busy bool) {
	l.metrics.dropped.WithLabelValues(reason).Inc()
	if reason != "banned" && now.Sub(s.logged) > window {
		s.logged = now
		l.env.Log.Warn("dropping messages unread", "network", s.network, "reason", reason)
	}
	return false, false
}

// Failed raises the ban score of a source: it asked for what it may not have, or sent nonsense. If no connector has
// credentials, each message of an unknown source has been counted already.
func (l *Limiter) Failed(from netip.Addr) {
	allowed, provable := l.allowed(from)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	if s, known := l.find(from, allowed, now); !known && provable {
		l.fail(s, maxFailures, now)
	}
}

// find returns the state of a source, and whether the source is known. The caller holds mu.
func (l *Limiter) find(from netip.Addr, allowed bool, now time.Time) (s *source, known bool) {
	if allowed {
		return l.known.get(from), true
	}
	if s = l.known.peek(from); s != nil && s.proven.After(now) {
		return l.known.get(from), true
	}
	return l.unknown.get(from), false
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
		l.env.Log.Warn("source banned", "network", s.network, "failures", s.failures, "duration", l.cfg.Ban)
	}
	s.banned, s.failures = now.Add(l.cfg.Ban), 0
	return true
}

// Proven makes a source known for a day: it has proven a password, or we have sent it a request ourselves.
func (l *Limiter) Proven(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known.get(from).proven = l.env.Steady().Add(proofLife)
}

// Known reports whether a source is known.
func (l *Limiter) Known(from netip.Addr) bool {
	if allowed, _ := l.allowed(from); allowed {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.known.peek(from)
	return s != nil && s.proven.After(l.env.Steady())
}

// Banned reports whether a source is banned now.
func (l *Limiter) Banned(from netip.Addr) bool {
	if l.Known(from) {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.unknown.peek(from)
	return s != nil && s.banned.After(l.env.Steady())
}
