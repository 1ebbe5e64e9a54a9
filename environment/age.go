package environment

import "time"

// Age is how long ago a stamp was made, in time that has certainly passed. A stamp that clocks of different times may have made is as
// young as it can be; one that none of them can have made is new.
func (c *Clock) Age(stamp time.Time) time.Duration {
	now := c.Now().Round(0)
	c.mu.Lock()
	defer c.mu.Unlock()
	last := len(c.r.Marks) - 1
	counted := c.r.Marks[last].Counted + now.Sub(c.r.Marks[last].Wall)
	end := counted
	for i := last; i >= 0; i-- {
		m := c.r.Marks[i]
		at := m.Counted + stamp.Sub(m.Wall)
		if at <= end+tolerance && (i == 0 || at >= m.Counted-tolerance) { // what is older than the first mark is stamped by the same clock
			return max(0, counted-at)
		}
		end = m.Counted
	}
	return 0
}
