// Package source limits what is read from each source address, before any of it is parsed. In come the addresses of
// messages and connections, and what became of the requests; out go verdicts, metrics, and one log line per ban.
//
// A source is known if a connector's allowed hosts contain it, or if it has proven a password. A known source is never
// banned, and only its INVITEs a second are limited. Unknown sources get few messages, each and all together, and one that
// only fails is banned for a time, in which it may still try a password now and then. A datagram whose sender may have written
// another address than its own bans nobody, takes no place of those that have shown theirs, and is limited apart. The package
// parses no message, and its memory is bounded.
package source

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"timbre"
	"timbre/environment"
)

// Config of a Limiter. The zero value neither limits INVITEs nor bans.
type Config struct {
	Invites     int           // INVITEs a second from one source; 0: no limit
	Ban         time.Duration // how long an unknown source that only fails is banned; 0: never
	DropUnknown bool          // drop every message of unknown sources while no connector has credentials
}

// Deps are what a Limiter asks.
type Deps struct {
	// Allowed reports whether a connector's allowed hosts contain a source and, if not, whether the source could prove a
	// password instead.
	Allowed func(source netip.Addr) (known, provable bool)
	// Echoed reports whether a nonce is one that the source alone has been told. Nil: none is.
	Echoed func(source netip.Addr, nonce string) bool
}

// The limits that are not settings.
const (
	maxSources   = 20000       // remembered, of known, of unknown and of unproven ones each
	window       = time.Minute // in which failures count
	maxFailures  = 20          // of an unknown source in a window; one more is a ban
	maxUninvited = 8           // messages in a window of an unknown source that cannot prove a password
	unknownRate  = 5           // messages a second of an unknown source
	unknownBurst = 20          // at once
	unknownTotal = 200         // messages a second of all unknown sources together
	unprovenAll  = 1000        // datagrams a second whose senders have not shown their address, together
	trialBurst   = 2           // messages of a banned source: the question, and the answer to its challenge
	refusalRate  = 1           // answers a second to a source that sends too many INVITEs
	refusalBurst = 5           // at once
)

// ProofLife is how long a source stays known after it has proven a password.
const ProofLife = 24 * time.Hour

// trialRate is how many messages a second of a banned source are read: its address may be shared with one that knows a password.
var trialRate = rate.Every(5 * time.Second)

// Limiter holds the state of all sources. It is safe for concurrent use.
type Limiter struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics *metrics
	lines   environment.Tally // of the log

	mu        sync.Mutex
	known     table // separate, so that a flood of unknown sources evicts none of them
	unknown   table
	unproven  table  // sources of datagrams, which others may have written
	messages  bucket // of all unknown sources
	datagrams bucket // of all unproven sources
	places    places // of connections
}

// New makes a Limiter.
func New(env environment.Environment, cfg Config, deps Deps) *Limiter {
	if deps.Echoed == nil {
		deps.Echoed = func(netip.Addr, string) bool { return false }
	}
	l := &Limiter{
		env: env.Complete(), cfg: cfg, deps: deps, known: newTable(), unknown: newTable(), unproven: newTable(), places: newPlaces(),
	}
	l.metrics = newMetrics(env.Metrics, l)
	return l
}

// Message judges a message that has not been parsed; invite: it looks like an INVITE. It is read, or it is answered with 503
// unread (busy), or it is dropped.
func (l *Limiter) Message(o timbre.Origin, invite bool) (read, busy bool) {
	allowed, provable := l.deps.Allowed(o.Addr)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	s, known := l.find(o.Addr, allowed, now)
	switch {
	case known:
		return l.limitInvites(s, invite, now)
	case !provable && l.cfg.DropUnknown:
		return l.drop(o, "unknown")
	case !o.Returned:
		return l.datagram(o, provable, invite, now)
	}
	s = l.unknown.get(o.Addr)
	switch {
	case s.banned.After(now) && !(provable && s.trials.take(now, trialRate, trialBurst)):
		return l.drop(o, "banned")
	case !s.messages.take(now, unknownRate, unknownBurst):
		return l.drop(o, "flood")
	case !provable && l.fail(s, maxUninvited, now):
		return l.drop(o, "banned")
	case !l.messages.take(now, unknownTotal, unknownTotal):
		return l.drop(o, "unknown_total")
	}
	return l.limitInvites(s, invite, now)
}

// datagram judges one of an unknown source that others may have written. It is limited, so that nobody gets more answers than a few, and
// has no consequence. The caller holds mu.
func (l *Limiter) datagram(o timbre.Origin, provable, invite bool, now time.Time) (read, busy bool) {
	s := l.unproven.get(o.Addr)
	switch {
	case !s.messages.take(now, unknownRate, unknownBurst):
		return l.drop(o, "flood")
	case !provable && !s.uninvited.take(now, rate.Every(window/maxUninvited), maxUninvited):
		return l.drop(o, "uninvited")
	case !l.datagrams.take(now, unprovenAll, unprovenAll):
		return l.drop(o, "unproven_total")
	}
	return l.limitInvites(s, invite, now)
}

func (l *Limiter) limitInvites(s *source, invite bool, now time.Time) (read, busy bool) {
	switch {
	case !invite || l.cfg.Invites <= 0 || s.invites.take(now, rate.Limit(l.cfg.Invites), l.cfg.Invites):
		return true, false
	case s.refusals.take(now, refusalRate, refusalBurst):
		l.metrics.shed.Inc()
		return false, true
	}
	return l.drop(timbre.Origin{Addr: s.network.Addr()}, "invites")
}

// drop counts a dropped message. Bans have been logged already.
func (l *Limiter) drop(o timbre.Origin, reason string) (read, busy bool) {
	l.metrics.dropped.WithLabelValues(reason).Inc()
	if reason != "banned" {
		l.lines.Count(l.env.Log, reason, "dropping messages unread", "network", timbre.HostNetwork(o.Addr), "reason", reason)
	}
	return false, false
}

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
		l.lines.Count(l.env.Log, "ban", "source banned", "network", s.network, "failures", s.failures, "duration", l.cfg.Ban)
	}
	s.banned, s.failures = now.Add(l.cfg.Ban), 0
	return true
}

// Echoed reports whether a nonce is one that the source alone has been told.
func (l *Limiter) Echoed(from netip.Addr, nonce string) bool { return l.deps.Echoed(from, nonce) }

// Proven makes a source known for a day, and lifts its ban: it has proven a password, or we have sent it a request ourselves.
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
