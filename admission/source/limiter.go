// Package source limits what is read from each source address, before any of it is parsed. In come the addresses of
// messages and connections, and what became of the requests; out go verdicts, metrics, and one log line per ban.
//
// A source is known if a connector's allowed hosts contain it, or if it has proven a password. A known source is never
// banned, and only its INVITEs a second are limited. Unknown sources get few messages, each and all together, and one that
// only fails is banned for a time, in which it may still try a password now and then. What all of them get together is shared by network,
// and a part is for those that answer a challenge. A datagram whose sender may have written another address than its own bans nobody, takes
// no place of those that have shown theirs, and is limited apart. The package parses no message, and its memory is bounded.
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
	Connections int           // of all unknown sources at once, but never more than 256; 0: 256
}

// Deps are what a Limiter asks.
type Deps struct {
	// Allowed reports whether a connector's allowed hosts contain a source and, if not, whether the source could prove a
	// password instead.
	Allowed func(source netip.Addr) (known, provable bool)
	// Echoed reports whether a nonce is one that was sent to the source alone. Nil: none is.
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
	unknownTotal = 200         // messages a second of all unknown sources together, and as many more that answer a challenge
	unprovenAll  = 1000        // datagrams a second whose senders have not shown their address, together
	brieflyAll   = 1000        // more of these, or of a source that has used its own up, that get an answer no longer than they are
	expected     = 16          // messages that are read of an unknown source for each request that it is sent
	maxExpected  = 1000        // at once
	trialBurst   = 2           // messages of a banned source: the question, and the answer to its challenge
	refusalRate  = 1           // answers a second to a source that sends too many INVITEs
	refusalBurst = 5           // at once
)

// trialRate is how many messages a second of a banned source are read: its address may be shared with one that knows a password.
var trialRate = rate.Every(5 * time.Second)

// Limiter holds the state of all sources. It is safe for concurrent use.
type Limiter struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics *metrics

	mu        sync.Mutex
	known     table // separate, so that a flood of unknown sources evicts none of them
	unknown   table
	unproven  table   // sources of datagrams, which others may have written
	asked     table   // sources that were sent requests in a call
	messages  *Budget // of all unknown sources, by the network of an owner
	answers   *Budget // likewise, of their answers to challenges
	datagrams bucket  // of all unproven sources. They are not shared: a forger has any network
	briefly   bucket  // likewise, of those beyond a limit
	places    places  // of connections
}

// New makes a Limiter.
func New(env environment.Environment, cfg Config, deps Deps) *Limiter {
	if deps.Echoed == nil {
		deps.Echoed = func(netip.Addr, string) bool { return false }
	}
	env = env.Complete()
	now := env.Steady()
	l := &Limiter{
		env: env, cfg: cfg, deps: deps, known: newTable(), unknown: newTable(), unproven: newTable(), asked: newTable(),
		messages: NewBudget(unknownTotal, now), answers: NewBudget(unknownTotal, now), places: newPlaces(cfg.Connections),
	}
	l.metrics = newMetrics(env.Metrics, l)
	return l
}

// Message judges a message that has not been parsed; invite: it looks like an INVITE.
func (l *Limiter) Message(o timbre.Origin, invite bool) timbre.Verdict {
	allowed, provable := l.deps.Allowed(o.Addr)
	now := l.env.Steady()
	l.mu.Lock()
	defer l.mu.Unlock()
	s, known := l.find(o.Addr, allowed, now)
	switch {
	case known:
		return l.limitInvites(s, invite, now)
	case l.expects(o.Addr):
		return l.limitInvites(l.asked.get(o.Addr), invite, now)
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
	case !l.budget(o).Allow(timbre.OwnerNetwork(o.Addr), unknownTotal, now):
		return l.drop(o, "unknown_total")
	}
	return l.limitInvites(s, invite, now)
}

// budget is what a message of an unknown source counts against. The answers to challenges have their own: who knows a password sends one of
// each, and who knows none is banned for its answers.
func (l *Limiter) budget(o timbre.Origin) *Budget {
	if o.Echoed {
		return l.answers
	}
	return l.messages
}

// expects reports whether a message of an unknown source is one of those that its requests have asked for. The caller holds mu.
func (l *Limiter) expects(from netip.Addr) bool {
	s := l.asked.peek(from)
	if s == nil || s.expected == 0 {
		return false
	}
	s.expected--
	return true
}

// Asked reports that a source is sent a request within a call. A party to the call has named it, so it becomes no known source: it may
// answer, and send some requests of its own, whatever the limits of unknown sources are.
func (l *Limiter) Asked(to netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.asked.get(to)
	s.expected = min(s.expected+expected, maxExpected)
}

// datagram judges one of an unknown source that others may have written. It has no consequence. One beyond the limits is answered all the
// same, as far as that goes, because it may be of the source that a forger names; but briefly, so that the forger gains nothing by it. The
// caller holds mu.
func (l *Limiter) datagram(o timbre.Origin, provable, invite bool, now time.Time) timbre.Verdict {
	s := l.unproven.get(o.Addr)
	var beyond string
	switch {
	case !s.messages.take(now, unknownRate, unknownBurst):
		beyond = "flood"
	case !provable && !s.uninvited.take(now, rate.Every(window/maxUninvited), maxUninvited):
		beyond = "uninvited"
	case !l.datagrams.take(now, unprovenAll, unprovenAll):
		beyond = "unproven_total"
	default:
		return l.limitInvites(s, invite, now)
	}
	if provable && l.briefly.take(now, brieflyAll, brieflyAll) {
		return timbre.ReadBriefly
	}
	return l.drop(o, beyond)
}

func (l *Limiter) limitInvites(s *source, invite bool, now time.Time) timbre.Verdict {
	switch {
	case !invite || l.cfg.Invites <= 0 || s.invites.take(now, rate.Limit(l.cfg.Invites), l.cfg.Invites):
		return timbre.Read
	case s.refusals.take(now, refusalRate, refusalBurst):
		l.metrics.shed.Inc()
		return timbre.Shed
	}
	return l.drop(timbre.Origin{Addr: s.network.Addr()}, "invites")
}

// drop counts a dropped message. Bans have been logged already.
func (l *Limiter) drop(o timbre.Origin, reason string) timbre.Verdict {
	l.metrics.dropped.WithLabelValues(reason).Inc()
	if reason != "banned" {
		l.env.Repeats.Count(l.env.Log, reason, "dropping messages unread", "network", timbre.HostNetwork(o.Addr), "reason", reason)
	}
	return timbre.Dropped
}
