// Package sentry decides who is heard, before anything of what he says is read. In come the addresses that messages and
// connections come from; out go verdicts, figures, and one line in the log when somebody is banned.
//
// A source that some connector allows, or that has proven itself, is known: it is never banned, only held to a number of
// INVITEs a second. All others are strangers: they are heard little, all of them together too, and a stranger who only
// fails is not heard at all for a time. It reads no message, and remembers a limited number of sources.
package sentry

import (
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config of a Sentry. Zero values: no log, no metrics, the clock of the machine, no limit of INVITEs, and no bans.
type Config struct {
	// Allowed says whether the allowed hosts of a connector hold a source and, if none do, whether it may prove itself
	// with a password.
	Allowed func(source netip.Addr) (known, provable bool)
	Invites int           // INVITEs a second from one source
	Ban     time.Duration // how long a stranger who fails is not heard
	Deaf    bool          // nothing is heard from strangers who cannot prove themselves
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// The limits that are no settings.
const (
	maxSources    = 20000          // remembered of known ones, and as many strangers
	window        = time.Minute    // in which failures count
	maxFailures   = 20             // of a stranger in a window; one more is a ban
	maxUninvited  = 8              // messages in a window of a stranger who cannot prove himself
	strangerRate  = 5              // messages a second of a stranger
	strangerBurst = 20             // at once
	strangersRate = 200            // messages a second of all strangers together
	refusalRate   = 1              // answers a second that tell a source that it sends too many INVITEs
	refusalBurst  = 5              // at once
	proof         = 24 * time.Hour // how long one who has proven himself is known, since he last did
)

// Verdict is what is to become of a message.
type Verdict uint8

const (
	Hear Verdict = iota
	Shed         // an INVITE too many: it is answered with 503, and not read
	Drop         // it is neither answered nor read
)

// Sentry knows the sources.
type Sentry struct {
	cfg     Config
	metrics *metrics

	mu          sync.Mutex
	friends     table // known, or known once: they are not forgotten because there are many strangers
	strangers   table
	words       bucket       // of all strangers
	connections map[bool]int // of known sources, and of strangers
}

// New makes a sentry.
func New(cfg Config) *Sentry {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	g := &Sentry{cfg: cfg, friends: newTable(), strangers: newTable(), connections: map[bool]int{}}
	g.metrics = newMetrics(cfg.Metrics, g)
	return g
}

// Message gives the verdict on a message, of which it is known whether it is an INVITE.
func (g *Sentry) Message(from netip.Addr, invite bool) Verdict {
	allowed, provable := g.cfg.Allowed(from)
	now := g.cfg.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	s, known := g.find(from, allowed, now)
	if known {
		return g.held(s, invite, now)
	}
	switch {
	case s.banned.After(now):
		return g.drop(s, "banned", now)
	case !provable && g.cfg.Deaf:
		return g.drop(s, "stranger", now)
	case !s.words.take(now, strangerRate, strangerBurst):
		return g.drop(s, "flood", now)
	case !provable && g.fail(s, maxUninvited, now):
		return g.drop(s, "banned", now)
	case !g.words.take(now, strangersRate, strangersRate):
		return g.drop(s, "strangers", now)
	}
	return g.held(s, invite, now)
}

// held holds a source to its INVITEs a second.
func (g *Sentry) held(s *source, invite bool, now time.Time) Verdict {
	switch {
	case !invite || g.cfg.Invites <= 0 || s.invites.take(now, g.cfg.Invites, g.cfg.Invites):
		return Hear
	case s.refusals.take(now, refusalRate, refusalBurst):
		g.metrics.shed.Inc()
		return Shed
	}
	return g.drop(s, "invites", now)
}

// drop counts a message that is not heard, and tells of the first one in a while.
func (g *Sentry) drop(s *source, reason string, now time.Time) Verdict {
	g.metrics.dropped.WithLabelValues(reason).Inc()
	if reason != "banned" && now.Sub(s.told) > window { // of a ban it has been told
		s.told = now
		g.cfg.Log.Warn("messages are dropped unread", "source", s.network, "reason", reason)
	}
	return Drop
}

// Failed notes that a source has asked for what it may not have, or for nonsense. Of one that cannot prove itself every
// message has counted already.
func (g *Sentry) Failed(from netip.Addr) {
	allowed, provable := g.cfg.Allowed(from)
	now := g.cfg.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if s, known := g.find(from, allowed, now); !known && provable {
		g.fail(s, maxFailures, now)
	}
}

// find is what is remembered of a source, and whether it is known. The caller holds mu.
func (g *Sentry) find(from netip.Addr, allowed bool, now time.Time) (s *source, known bool) {
	if allowed {
		return g.friends.of(from), true
	}
	if s = g.friends.look(from); s != nil && s.proven.After(now) {
		return g.friends.of(from), true
	}
	return g.strangers.of(from), false
}

// fail counts a failure, and bans who has too many: true.
func (g *Sentry) fail(s *source, most int, now time.Time) bool {
	if now.Sub(s.since) >= window {
		s.since, s.failures = now, 0
	}
	if s.failures++; s.failures <= most || g.cfg.Ban <= 0 {
		return false
	}
	if !s.banned.After(now) {
		g.metrics.bans.Inc()
		g.cfg.Log.Warn("a source is not heard for a time", "source", s.network, "failures", s.failures, slog.Duration("time", g.cfg.Ban))
	}
	s.banned, s.failures = now.Add(g.cfg.Ban), 0
	return true
}

// Proven notes that a source has proven itself by a password, or that we have called it ourselves.
func (g *Sentry) Proven(from netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.friends.of(from).proven = g.cfg.Now().Add(proof)
}

// Known says whether a source is no stranger.
func (g *Sentry) Known(from netip.Addr) bool {
	if allowed, _ := g.cfg.Allowed(from); allowed {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.friends.look(from)
	return s != nil && s.proven.After(g.cfg.Now())
}

// Banned says whether a source is not heard now.
func (g *Sentry) Banned(from netip.Addr) bool {
	if g.Known(from) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.strangers.look(from)
	return s != nil && s.banned.After(g.cfg.Now())
}
