package trunk

import (
	"strconv"
	"time"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// claimTimeout is how long a change waits for the one before it of the same side, whose ACK may be under way.
const claimTimeout = 500 * time.Millisecond

// neither is who holds the claim for a refresh.
const neither = -1

// claim is the right to change the session, held for a request of a side.
type claim struct{ by int }

// claim takes it. A session has one change at a time: when both sides want one at once, the second is refused with 491 (RFC
// 3261, 14.2), and with 500 one whose predecessor of the same side is not finished.
func (c *call) claim(by int) (*claim, *transport.Refusal) {
	wait := time.NewTimer(claimTimeout)
	defer wait.Stop()
	for {
		mine, held, changed := c.tryClaim(by)
		switch {
		case mine != nil:
			return mine, nil
		case held.by != by:
			return nil, transport.Refuse(491, "glare", "the other end is changing the session")
		}
		select {
		case <-changed:
		case <-c.done:
			return nil, dialog.NoDialog()
		case <-wait.C:
			return nil, transport.Refuse(500, "order", "the change before is not finished").With("Retry-After", strconv.Itoa(c.retryAfter()))
		}
	}
}

// retryAfter is after how many seconds a change may be tried again (RFC 3261, 14.2).
func (c *call) retryAfter() int { return int(c.ua.env.Random()*10) + 1 }

// tryClaim takes the claim if it is free; else it returns the one that is held, and a channel that closes with its release.
func (c *call) tryClaim(by int) (mine, held *claim, changed <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changing != nil {
		return nil, c.changing, c.changed
	}
	c.changing = &claim{by}
	return c.changing, nil, nil
}

// release gives a claim back, if it is held still.
func (c *call) release(held *claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held != nil && c.changing == held {
		c.changing = nil
		close(c.changed)
		c.changed = make(chan struct{})
	}
}
