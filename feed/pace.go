package feed

import "time"

// A feed may bring so much audio at once, all its legs together, and go on so many times faster than real time: within
// what the analysis of a leg lets wait, and what a processor can do beside its other calls.
const (
	burst = 40 * time.Second
	speed = 16
	// token is how much audio a message counts for at least, so that empty ones are held back too.
	token = time.Millisecond
)

// pace is how far ahead a feed is.
type pace struct {
	ahead time.Duration // audio that was taken and that time has not yet caught up with
	last  time.Time
}

// wait takes a message with so much audio in, and says how long to wait before the next one is read.
func (p *pace) wait(now time.Time, audio time.Duration) time.Duration {
	if !p.last.IsZero() {
		gone := min(now.Sub(p.last), burst) // more than a burst is never owed
		p.ahead = max(0, p.ahead-speed*gone)
	}
	p.last = now
	p.ahead += max(audio, token)
	return max(0, (p.ahead-burst)/speed)
}
