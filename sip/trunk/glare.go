package trunk

import (
	"strconv"
	"time"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// turn is how long a side waits for its own change before, whose ACK may still be on its way.
const turn = 500 * time.Millisecond

// claim is the right to change the session, for a request of a side; nil: one of our own.
type claim struct{ by *side }

// claim takes it. A session has one change at a time: when the two sides want one at once, the second is told to come again
// (491); so is one who does not wait for his own (500).
func (c *call) claim(s *side) (*claim, *transport.Refusal) {
	wait := time.NewTimer(turn)
	defer wait.Stop()
	for {
		c.mu.Lock()
		held, changed := c.changing, c.changed
		if held == nil {
			mine := &claim{s}
			c.changing = mine
			c.mu.Unlock()
			return mine, nil
		}
		c.mu.Unlock()
		if held.by != s {
			return nil, transport.Refuse(491, "glare", "the other end is changing the session")
		}
		select {
		case <-changed:
		case <-c.done:
			return nil, dialog.NoDialog()
		case <-wait.C:
			return nil, transport.Refuse(500, "order", "the change before is not done yet").With("Retry-After", strconv.Itoa(int(c.e.chance()*10)+1))
		}
	}
}

// release gives it back, if it has not been given back.
func (c *call) release(held *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held != nil && c.changing == held {
		c.changing = nil
		close(c.changed)
		c.changed = make(chan struct{})
	}
}
