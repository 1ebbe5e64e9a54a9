package environment

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// tolerance is by how much the wall clock may be set without that being a jump.
	tolerance = time.Minute
	// maxOff is how much time counts at most during which the machine was off. Nobody knows how long it really was: the clock of a
	// machine that starts may be wrong by years.
	maxOff = 12 * time.Hour
	// maxMarks bounds the record.
	maxMarks = 1000
)

// Mark is an instant from which on the wall clock ran together with counted time.
type Mark struct {
	Counted time.Duration
	Wall    time.Time
}

// ClockRecord is what a Clock must know of earlier runs.
type ClockRecord struct {
	Uptime  Uptime        // when the clock was looked at last
	Wall    time.Time     // then
	Counted time.Duration // until then
	Marks   []Mark        // oldest first
}

// ClockKeeper keeps what a Clock must know from run to run.
type ClockKeeper interface {
	// Clock is what SaveClock saved last; the zero value if nothing was.
	Clock(ctx context.Context) (ClockRecord, error)
	SaveClock(ctx context.Context, r ClockRecord) error
}

// Clock judges ages of what is stamped with wall time, by two clocks: the wall clock, which may be set to anything at any time, and
// counted time, which has certainly passed, in this run and between runs. It remembers which wall times ran with which counted times. So
// it knows which stamps may have been made within a life; all others have outlived it. A jump of the wall clock makes nothing older.
type Clock struct {
	env    Environment
	jumped func(by time.Duration)
	offset atomic.Int64 // of the wall clock from the steady one at the last look

	mu sync.Mutex
	r  ClockRecord
}

// NewClock returns a clock that goes on where an earlier run has stopped. Jumped, unless nil, is called after
// each jump of the wall clock, also after one between the runs, unless that may be time that nobody counted.
func NewClock(env Environment, earlier ClockRecord, jumped func(by time.Duration)) *Clock {
	c := &Clock{env: env.Complete(), jumped: jumped, r: earlier}
	c.r.Marks = slices.Clone(earlier.Marks)
	up, wall := c.env.Uptime(), c.env.Now().Round(0)
	switch {
	case len(c.r.Marks) == 0:
		c.r = ClockRecord{Wall: wall, Marks: []Mark{{0, wall}}}
	case up.Boot != "" && up.Boot == c.r.Uptime.Boot && up.Up >= c.r.Uptime.Up:
		c.r.Counted += up.Up - c.r.Uptime.Up
	case wall.Sub(c.r.Wall) > maxOff:
		c.r.Counted += maxOff
		c.mark(wall)
	default:
		c.r.Counted += max(0, wall.Sub(c.r.Wall))
	}
	c.r.Uptime = up
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	return c
}

// Now is the wall time. No stamp is made with a wall time that the clock does not remember.
func (c *Clock) Now() time.Time {
	now := c.env.Now()
	if off := c.off(now); (off - time.Duration(c.offset.Load())).Abs() > tolerance {
		c.mu.Lock()
		c.look()
		c.mu.Unlock()
	}
	return now
}

// off is how far the wall clock is from the steady one. Rounding removes the monotonic reading, which hides jumps.
func (c *Clock) off(wall time.Time) time.Duration { return wall.Round(0).Sub(c.env.Steady()) }

// look counts the time since the last look and compares the clocks. The caller holds mu.
func (c *Clock) look() {
	up, wall := c.env.Uptime(), c.env.Now().Round(0)
	c.offset.Store(int64(c.off(wall)))
	if up.Boot == c.r.Uptime.Boot {
		c.r.Counted += max(0, up.Up-c.r.Uptime.Up)
	}
	c.r.Uptime, c.r.Wall = up, wall
	by := wall.Sub(c.wall(len(c.r.Marks)-1, c.r.Counted))
	if by.Abs() <= tolerance {
		return
	}
	c.mark(wall)
	if c.jumped != nil {
		c.jumped(by)
	}
}

func (c *Clock) mark(wall time.Time) {
	c.r.Marks = append(c.r.Marks[max(0, len(c.r.Marks)+1-maxMarks):], Mark{c.r.Counted, wall})
}

// wall is the wall time that ran with a counted time since mark i.
func (c *Clock) wall(i int, counted time.Duration) time.Time {
	return c.r.Marks[i].Wall.Add(counted - c.r.Marks[i].Counted)
}

// Record is what the next run needs.
func (c *Clock) Record() ClockRecord {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	r := c.r
	r.Marks = slices.Clone(r.Marks)
	return r
}

// Outlived returns the stamps that were not made within a life until now, earliest first; so what carries one has been kept for that life,
// also if its stamp is of a time to come. Between the spans are the wall times that ran in that life.
func (c *Clock) Outlived(life time.Duration) []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	began, end := c.r.Counted-life, c.r.Counted
	var ran []Span
	for i := len(c.r.Marks) - 1; i >= 0; i-- {
		m := c.r.Marks[i]
		if first := m.Counted <= began || i == 0; first { // what is older than the first mark is stamped by the same clock
			ran = append(ran, Span{c.wall(i, began), c.wall(i, end)})
			break
		}
		ran = append(ran, Span{m.Wall.Add(-tolerance), c.wall(i, end)})
		end = m.Counted
	}
	if began < c.r.Marks[0].Counted {
		ran = append(ran, Span{c.r.Wall, Never}) // nobody knows what the clock has done before
	}
	return between(ran)
}
