package source

import (
	"time"

	"golang.org/x/time/rate"
)

// bucket is a token bucket that is allocated on first use: most sources never need all of theirs.
type bucket struct{ limiter *rate.Limiter }

// take reports whether one more event may happen now, and counts it.
func (b *bucket) take(now time.Time, perSecond rate.Limit, burst int) bool {
	if b.limiter == nil {
		b.limiter = rate.NewLimiter(perSecond, burst)
	}
	return b.limiter.AllowN(now, 1)
}
