// Package load tells how full a node is: how much of its threads the running tasks will need, and whether what waits is late. Out goes one
// figure, by which the doors refuse new work. It measures the runs and the queues, not the machine: what else runs there, how fast its cores are
// and what a call costs all show in them.
package load

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"timbre/environment"
)

// Full is the share of the threads that may be booked. Names come in bunches, and the rest of the processors receives and hears.
const Full = 0.7

// Late is by how much waiting work is late when the node has fallen behind: four times what a name is promised within. A machine that is busy
// with something else for a moment is not refused calls for it.
const Late = 2 * time.Second

// Resume is what may be behind when new work is taken again, once it has been Late. As long, what is least urgent stays undone: see package task.
const Resume = 0.5

// Free is what share of the threads that may be booked must be free before new work is taken again: some calls, not each that ends.
const Free = 0.1

// The least lateness over an interval is what counts, as in CoDel (RFC 8289): a burst is worked off within it, and a standing queue is not.
const (
	interval = 3 * time.Second
	every    = 100 * time.Millisecond
)

// Deps are what a Meter measures.
type Deps struct {
	Late []func() time.Duration // by how much waiting work is past its due time, by kind of work; 0: none is
	Need func() float64         // the share of the threads that the running tasks will need, 0 to 1 and beyond
}

// Meter measures the load of a node. It implements timbre.LoadMeter.
type Meter struct {
	deps   Deps
	log    *slog.Logger
	recent []time.Duration // of an interval, oldest first
	behind atomic.Uint64   // bits of a float64

	mu     sync.Mutex
	booked float64
}

// New makes a Meter, for which nothing is behind until Run.
func New(env environment.Environment, deps Deps) *Meter {
	env = env.Complete()
	m := &Meter{deps: deps, log: env.Log, recent: make([]time.Duration, interval/every)}
	m.register(env.Metrics)
	return m
}

// Load implements timbre.LoadMeter: what is booked, or what is behind. What is booked is asked for each time: of callers who come at once when a
// node takes new work again, each would find it as it was before the others.
func (m *Meter) Load() float64 { return max(m.Behind(), m.book()) }

// Behind is how late what waits is: from 0 to 1, at which it is Late.
func (m *Meter) Behind() float64 { return math.Float64frombits(m.behind.Load()) }

// Run measures until ctx ends.
func (m *Meter) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			m.measure()
		}
	}
}

func (m *Meter) measure() {
	latest := time.Duration(0)
	for _, late := range m.deps.Late {
		latest = max(latest, late())
	}
	m.recent = append(m.recent[1:], latest)
	m.book()
	m.update(min(1, float64(slices.Min(m.recent))/float64(Late)))
}

// book is what share of the threads that may be booked is needed. It stays at 1 until some is Free.
func (m *Meter) book() float64 {
	need := m.deps.Need()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.booked = settle(m.booked, min(1, need/Full), 1-Free)
	return m.booked
}

// settle is a figure that was at 1 before and stays there until it falls below resume, so that the doors do not open and close with every call.
func settle(before, now, resume float64) float64 {
	if before >= 1 && now >= resume {
		return 1
	}
	return now
}

// update sets what is behind. It stays at 1 until it falls below Resume.
func (m *Meter) update(behind float64) {
	before := m.Behind()
	behind = settle(before, behind, Resume)
	m.behind.Store(math.Float64bits(behind))
	switch {
	case before < 1 && behind >= 1:
		m.log.Warn("overloaded: new calls and tasks are refused, and tones are skipped")
	case before >= 1 && behind < 1:
		m.log.Info("no longer overloaded: takes new calls and tasks")
	}
}
