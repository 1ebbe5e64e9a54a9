package notify

import (
	"context"
	"sync"
	"time"

	"timbre"
)

// clerk writes results to the outbox. While one transaction is on its way to the disk, results gather for the next one, so the
// number of commits does not grow with the number of results.
type clerk struct {
	d       *Dispatcher
	settled chan settled
	signal  chan struct{}

	mu      sync.Mutex
	results []result
	burials []burial
	room    bool // the bound on the disk is to be checked
	closed  bool
	faults  int // writes that have failed in a row; used by run alone
	crowded bool
}

// result is an outcome with the lane that is free once it has been written.
type result struct {
	q       *queue
	key     string
	outcome timbre.Outcome
}

// burial moves notices of a target to the dead letters: all, or those that have waited for an age.
type burial struct {
	q             *queue
	cause, reason string
	age           time.Duration
}

// settled is what has been written.
type settled struct {
	results []result
	done    int // how many requests that is
}

const (
	settleBatch = 256 // results in a transaction
	buryBatch   = 200 // dead letters in a transaction
)

func newClerk(d *Dispatcher) *clerk {
	return &clerk{d: d, settled: make(chan settled), signal: make(chan struct{}, 1)}
}

func (c *clerk) settle(r result) { c.add(func() { c.results = append(c.results, r) }) }
func (c *clerk) bury(b burial)   { c.add(func() { c.burials = append(c.burials, b) }) }
func (c *clerk) makeRoom()       { c.add(func() { c.room = true }) }

// close lets run end once everything has been written, or cannot be.
func (c *clerk) close() { c.add(func() { c.closed = true }) }

func (c *clerk) add(what func()) {
	c.mu.Lock()
	what()
	c.mu.Unlock()
	select {
	case c.signal <- struct{}{}:
	default:
	}
}

// take returns what is to be written next.
func (c *clerk) take() (results []result, burials []burial, room, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.results), settleBatch)
	results, burials, room, closed = c.results[:n:n], c.burials, c.room, c.closed && n == len(c.results)
	c.results, c.burials, c.room = c.results[n:], nil, false
	return results, burials, room, closed
}

// run writes until it is closed. After the end of ctx it tries each write once: what cannot be written is sent again after the next
// start.
func (c *clerk) run(ctx context.Context) {
	for closed := false; !closed; {
		var results []result
		var burials []burial
		var room bool
		results, burials, room, closed = c.take()
		if len(results)+len(burials) == 0 && !room {
			if !closed {
				<-c.signal
			}
			continue
		}
		c.write(ctx, results)
		for _, b := range burials {
			c.inter(ctx, b)
		}
		done := len(results) + len(burials)
		if room {
			c.clear(ctx)
			done++
		}
		c.settled <- settled{results, done}
	}
}

func (c *clerk) write(ctx context.Context, results []result) {
	if len(results) == 0 {
		return
	}
	outcomes := make([]timbre.Outcome, len(results))
	for i, r := range results {
		outcomes[i] = r.outcome
	}
	c.try(ctx, func(ctx context.Context) error { return c.d.deps.Outbox.Settle(ctx, outcomes) })
}

// inter makes a burial.
func (c *clerk) inter(ctx context.Context, b burial) {
	for more := true; more && c.try(ctx, func(ctx context.Context) error {
		death := timbre.Death{Cause: b.cause, Error: b.reason, At: c.d.env.Now()}
		n, err := c.d.deps.Outbox.Bury(ctx, b.q.target, b.age, death, buryBatch)
		if n > 0 {
			c.d.metrics.dead.WithLabelValues(b.q.kind, b.cause).Add(float64(n))
		}
		more = n == buryBatch
		return err
	}); {
	}
}

// clear erases what yields until the outbox fits its bound on the disk.
func (c *clerk) clear(ctx context.Context) {
	for more := true; more && c.try(ctx, func(ctx context.Context) error {
		n, over, err := c.d.deps.Outbox.GiveUp(ctx, c.d.cfg.Disk, buryBatch)
		c.d.metrics.dropped.WithLabelValues("disk").Add(float64(n))
		more = n == buryBatch && over > 0
		if full := n > 0 || over > 0; err == nil && full != c.crowded {
			c.crowded = full
			if full {
				c.d.env.Log.Error("the outbox has reached its bound on the disk: events that yield are dropped, oldest first", "notify_disk_bytes", c.d.cfg.Disk)
			}
		}
		return err
	}); {
	}
}

// try repeats a write until it succeeds: otherwise what was delivered would be sent again. It returns false if ctx ended first.
func (c *clerk) try(ctx context.Context, write func(context.Context) error) bool {
	c.d.writes.begin()
	for {
		err := write(context.WithoutCancel(ctx))
		if err == nil {
			c.d.writes.succeed()
			if c.faults > 0 {
				c.d.env.Log.Info("the outbox can be written again", "failures", c.faults)
			}
			c.faults = 0
			return true
		}
		if c.faults == 0 {
			c.d.env.Log.Error("writing the outbox failed, retrying", "error", err)
		}
		c.faults++
		select {
		case <-ctx.Done():
			return false
		case <-time.After(c.d.backoff(c.faults - 1)):
		}
	}
}
