package feed

import (
	"time"

	"golang.org/x/time/rate"
)

// A feed may send burst of audio at once, all its legs together, and then speed times real time: within what the analysis
// of a leg buffers, and what a core can process beside its other calls.
const (
	burst = 40 * time.Second
	speed = 16
	// minCost is what a message costs at least, so that empty messages are throttled too.
	minCost = time.Millisecond
)

// pacer limits how far a feed runs ahead of real time. Its tokens are nanoseconds of audio.
type pacer struct{ limiter *rate.Limiter }

func newPacer() pacer {
	return pacer{rate.NewLimiter(rate.Limit(speed*time.Second), int(burst))}
}

// delay counts a message with so much audio, and returns how long to wait before the next one is read.
func (p pacer) delay(now time.Time, audio time.Duration) time.Duration {
	cost := min(max(audio, minCost), burst)
	return p.limiter.ReserveN(now, int(cost)).DelayFrom(now)
}
