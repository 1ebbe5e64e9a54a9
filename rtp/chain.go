package rtp

import (
	"time"

	"timbre"
)

// stage is a part of a chain that takes packets in order.
type stage interface{ add(p packet) }

// chain decodes the packets of one party: it puts them in order, corrects their timestamps, and makes frames of them.
type chain struct {
	first, last time.Time // arrival of a packet
	buffer      jitterBuffer
	clock       senderClock
	timeline    timeline
}

// connect connects the parts of a chain. Frames go to a listener; timestamps may be off by slack more than those of RTP; panicked is told
// why a decoder panicked.
func (c *chain) connect(to timbre.Listener, slack int64, panicked func(timbre.Codec, any)) {
	c.timeline.to, c.timeline.slack, c.timeline.panicked = to, slack, panicked
	c.clock = newSenderClock(&c.timeline)
	c.buffer.out = &c.clock
}

// push adds a packet that arrived at now.
func (c *chain) push(p *packet, now time.Time) outcome {
	if c.last.IsZero() {
		c.first, c.last = now, now
	}
	p.idle, p.arrived = max(0, int64(now.Sub(c.last)/sample)), int64(now.Sub(c.first)/sample)
	c.last = now
	return c.buffer.push(*p)
}

// flush delivers what is buffered: packets, and the incomplete frame.
func (c *chain) flush() {
	c.buffer.flush()
	c.timeline.flush()
}
