// Package sweep erases what has been kept for its life, by the rules of timbre.Lives. It asks a clock that no jump of the wall time
// deceives, and erases in batches that are as large as other writes can wait for.
package sweep

import (
	"context"
	"time"

	"timbre"
	"timbre/environment"
)

const (
	// every is the interval of sweeps.
	every = 10 * time.Minute
	// look is the interval at which the clocks are compared.
	look = time.Minute
	// hold is for how long a batch should keep other writes waiting at most, with its commit. One that takes longer halves the time of the
	// next one, so that a disk that becomes slow holds up nobody for long.
	hold = 15 * time.Millisecond
	// first, least and most are for how long a batch erases before it commits: the first one, and any.
	first, least, most = 2 * time.Millisecond, time.Millisecond / 4, 4 * time.Millisecond
)

// Clock says what has outlived its life: see environment.Clock.
type Clock interface {
	Outlived(life time.Duration) []environment.Span
	Record() environment.ClockRecord
}

// Store is where what expires is kept, and what the clock must know after a restart.
type Store interface {
	timbre.Scrubber
	environment.ClockKeeper
	// Erase erases rows of a kind whose life began at one of the times of a span, until it has done so for the time within, or there are no
	// more. It returns how many, 0 if there are none, and for how long it kept other writes waiting, with the commit. It asks for the spans
	// once nothing can be added any more: a clock that jumps meanwhile would make what is stamped then look old.
	Erase(ctx context.Context, of timbre.Perishable, outlived func() []environment.Span, within time.Duration) (erased int, held time.Duration, err error)
}

// Files are what is kept by day.
type Files interface {
	// Sweep erases the days that lie in one of the spans, and returns of how many files or folders. It asks for the spans once it knows what
	// there is.
	Sweep(outlived func() []environment.Span) (erased int, err error)
}

// Config of a Sweeper.
type Config struct {
	Records time.Duration // for how long call records and logs of connectors are kept
}

// Deps are what a Sweeper uses.
type Deps struct {
	Clock   Clock
	Store   Store
	Records Files // nil: there are none
	Logs    Files // of connectors; nil: there are none
}

// Sweeper sweeps.
type Sweeper struct {
	env     environment.Environment
	cfg     Config
	deps    Deps
	metrics metrics
	clock   environment.Outage // of saving it
	sweeps  map[timbre.Perishable]*environment.Outage
	log     environment.Outage // of scrubbing the write-ahead log
}

// New returns a Sweeper.
func New(env environment.Environment, cfg Config, deps Deps) *Sweeper {
	env = env.Complete()
	s := &Sweeper{env: env, cfg: cfg, deps: deps, metrics: newMetrics(env.Metrics), sweeps: map[timbre.Perishable]*environment.Outage{}}
	for _, l := range timbre.Lives {
		s.sweeps[l.Of] = &environment.Outage{}
	}
	return s
}

// Run sweeps until ctx ends.
func (s *Sweeper) Run(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for n := 0; ctx.Err() == nil; n++ {
		if n%int(every/look) == 0 {
			s.Sweep(ctx)
		}
		s.keep(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	s.keep(context.WithoutCancel(ctx))
}

// keep saves what the clock must know after a restart.
func (s *Sweeper) keep(ctx context.Context) {
	s.note(ctx, &s.clock, "saving the clock", s.deps.Store.SaveClock(ctx, s.deps.Clock.Record()))
}

// Sweep erases all that has expired. What fails is left to the next sweep.
func (s *Sweeper) Sweep(ctx context.Context) {
	began := s.env.Steady()
	for _, l := range timbre.Lives {
		if ctx.Err() != nil {
			return
		}
		n, err := s.rule(ctx, l)
		s.metrics.erased.WithLabelValues(string(l.Of)).Add(float64(n))
		s.note(ctx, s.sweeps[l.Of], "sweeping", err, "of", string(l.Of))
		if err == nil && n > 0 {
			s.env.Log.Debug("swept", "of", string(l.Of), "erased", n)
		}
	}
	s.note(ctx, &s.log, "sweeping", s.deps.Store.Scrub(ctx), "of", "write-ahead log")
	s.metrics.seconds.Observe(s.env.Steady().Sub(began).Seconds())
}

// note logs that something starts to fail, and that it works again.
func (s *Sweeper) note(ctx context.Context, o *environment.Outage, what string, err error, args ...any) {
	switch {
	case err == nil:
		o.Over(s.env.Log, what+" works again", args...)
	case ctx.Err() == nil:
		o.Failed(s.env.Log, what+" fails", append(args, "error", err)...)
	}
}

// rule erases what one rule says.
func (s *Sweeper) rule(ctx context.Context, l timbre.Life) (erased int, err error) {
	if files, are := map[timbre.Perishable]Files{timbre.CallRecords: s.deps.Records, timbre.ConnectorLogs: s.deps.Logs}[l.Of]; are {
		if files == nil {
			return 0, nil
		}
		return files.Sweep(func() []environment.Span { return s.deps.Clock.Outlived(s.cfg.Records) })
	}
	outlived := func() []environment.Span { return s.deps.Clock.Outlived(l.For) }
	for within := first; ctx.Err() == nil; {
		n, held, err := s.deps.Store.Erase(ctx, l.Of, outlived, within)
		if erased += n; err != nil || n == 0 {
			return erased, err
		}
		s.metrics.hold.Observe(held.Seconds())
		within = next(within, held)
		wait(ctx, held) // others get as much of the writer
	}
	return erased, nil
}

// next is the time of the batch after one that kept others waiting for so long.
func next(within, held time.Duration) time.Duration {
	switch {
	case held > hold:
		return max(least, within/2)
	case held < hold/3:
		return min(most, 2*within)
	}
	return within
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
