// Package notify delivers the notices of the outbox. Other stages put them there, in the transaction of what they report. The
// package sends each to the sink that the form of its target selects.
//
// Delivery is at least once, and in order within a (Key, Target): the next notice is not tried before the one ahead of it is
// delivered or a dead letter. ID and payload are the same on each attempt, also after a restart, so that consumers can
// de-duplicate. The package neither renders events nor chooses targets. DESIGN.md explains why.
package notify

import (
	"time"

	"timbre"
	"timbre/environment"
)

// Config of a Dispatcher. Zero values mean the default.
type Config struct {
	Workers    int           // concurrent attempts: 1024
	PerTarget  int           // of these to one target, once it has proved that it works: 64, at most a quarter of Workers
	Timeout    time.Duration // of one attempt, whatever its sink: 30 s
	MinBackoff time.Duration // before the second attempt: 1 s; each later wait is twice as long
	MaxBackoff time.Duration // between two attempts: 5 min
	MaxAge     time.Duration // between the first and the last attempt of a notice, by the waits between them: 24 h
	Refusals   int           // attempts at a notice that its target refuses: 5
	Allow      Allow         // targets that may be sent to: all
	Disk       int64         // bytes of the outbox and its dead letters: no bound
}

func (c Config) withDefaults() Config {
	def(&c.Workers, 1024)
	def(&c.PerTarget, min(64, max(1, c.Workers/4)))
	def(&c.Refusals, 5)
	def(&c.Timeout, 30*time.Second)
	def(&c.MinBackoff, time.Second)
	def(&c.MaxBackoff, timbre.NoticeWait)
	def(&c.MaxAge, 24*time.Hour)
	return c
}

func def[T int | time.Duration](v *T, value T) {
	if *v <= 0 {
		*v = value
	}
}

// Deps are what a Dispatcher uses.
type Deps struct {
	Outbox timbre.Outbox
	Sinks  Sinks
	// Settled, if it is given, is called after an attempt that ends a notice: delivered, or dead for a reason. It must not block.
	Settled func(p timbre.Pending, at time.Time, failure string)
}

// New returns a Dispatcher. Run starts it.
func New(env environment.Environment, cfg Config, deps Deps) *Dispatcher {
	env = env.Complete()
	cfg = cfg.withDefaults()
	d := &Dispatcher{
		env: env, cfg: cfg, deps: deps, health: newHealth(env.Log), inbox: newInbox(), states: states{of: map[string]breaker{}},
		drain: make(chan chan struct{}), ended: make(chan attempt), queues: map[string]*queue{}, pool: pool{size: cfg.Workers},
	}
	d.clerk, d.metrics = newClerk(d), newMetrics(env.Metrics, d)
	return d
}
