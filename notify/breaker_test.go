package notify

import (
	"testing"
	"time"
)

// FuzzBreaker checks what the breaker promises after any sequence of answers, failures and waits: each step is a byte.
func FuzzBreaker(f *testing.F) {
	f.Add([]byte{0x10, 0x11, 0x12, 0x32, 0x00, 0x10})
	f.Add([]byte{0x10, 0x10, 0x10, 0x10, 0x11, 0x92, 0xb3})
	f.Add([]byte{0x50, 0x30, 0x31, 0xf1, 0x70, 0x00})
	f.Fuzz(func(t *testing.T, steps []byte) {
		c := checked{T: t, now: time.Unix(0, 0), lanes: map[string]bool{}}
		for _, step := range steps {
			if step&0x10 == 0 {
				c.answered()
				c.now = c.now.Add(time.Duration(step) * time.Second)
				continue
			}
			s := setback{key: string(step & 0xf), probe: step&0x20 != 0, again: step&0x80 != 0, reason: "no"}
			if step&0x40 != 0 {
				s.after = time.Duration(step) * time.Minute // up to four hours
			}
			c.fail(s)
		}
	})
}

// checked is a breaker with what is expected of it.
type checked struct {
	*testing.T
	breaker
	now   time.Time
	lanes map[string]bool // those that have failed since the last answer
	trips int             // since then
}

func (c *checked) answered() {
	c.breaker.answered()
	clear(c.lanes)
	c.trips = 0
}

func (c *checked) fail(s setback) {
	before := c.breaker
	c.lanes[s.key] = true
	trips := s.after > 0 || before.open && s.probe || !before.open && len(c.lanes) >= tripLanes
	if trips {
		c.trips++
	}
	c.breaker.fail(s, c.now, func(n int) time.Duration { return min(time.Second<<min(n, 20), 5*time.Minute) })
	if c.open != (before.open || trips) || c.failures != c.trips {
		c.Fatalf("%+v: got %+v from %+v, want open: %v after %d trips", s, c.breaker, before, before.open || trips, c.trips)
	}
	if trips {
		c.waits(s, before)
	}
	if c.old && (!s.again || s.after > 0) {
		c.Errorf("%+v: got a breaker that lets new notices pass, want none after a new one has failed, or the target has asked for time", s)
	}
}

// waits checks the wait for the next probe.
func (c *checked) waits(s setback, before breaker) {
	longest := maxProbeWait
	if s.after > 0 {
		longest = longestAfter
	}
	wait := c.until.Sub(c.now)
	if c.until.Before(before.until) || c.until != before.until && (wait < time.Second || wait > longest) {
		c.Errorf("%+v: got a probe in %v, after one at %v; want none sooner, and within %v", s, wait, before.until, longest)
	}
}
