// Package notify delivers the notices of the outbox. Other stages put them there, in the transaction of what they report. The
// package sends each to the sink that the form of its target selects.
//
// Delivery is at least once, and in order within a (Key, Target): the next notice is not tried before the one ahead of it is
// delivered or has expired. ID and payload are the same on each attempt, also after a restart, so that consumers can
// de-duplicate. The package neither renders events nor chooses targets. DESIGN.md explains why.
package notify

import (
	"time"

	"timbre"
	"timbre/environment"
)

// Config of a Dispatcher. Zero values mean the default.
type Config struct {
	Workers    int           // concurrent deliveries: 128
	PerTarget  int           // of these to one target, so that slow targets leave room for others: a sixteenth of Workers
	Timeout    time.Duration // of one attempt, whatever its sink: 30 s
	MinBackoff time.Duration // before the second attempt: 1 s; each later wait is twice as long
	MaxBackoff time.Duration // between two attempts: 5 min
	MaxAge     time.Duration // of a notice, after which it is dropped: 24 h
}

func (c Config) withDefaults() Config {
	def(&c.Workers, 128)
	def(&c.PerTarget, max(1, c.Workers/16))
	def(&c.Timeout, 30*time.Second)
	def(&c.MinBackoff, time.Second)
	def(&c.MaxBackoff, 5*time.Minute)
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
}

// New returns a Dispatcher. Run starts it.
func New(env environment.Environment, cfg Config, deps Deps) *Dispatcher {
	env = env.Complete()
	return &Dispatcher{
		env: env, cfg: cfg.withDefaults(), deps: deps, metrics: newMetrics(env.Metrics), health: health{log: env.Log},
		wake: make(chan struct{}, 1), drain: make(chan chan struct{}), finished: make(chan lane),
		busy: map[lane]bool{}, perTarget: map[string]int{},
	}
}
