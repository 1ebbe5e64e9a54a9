package rest

import (
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rates are the requests a second that each key may make, by class of operation. A class without an entry is unlimited.
type Rates map[string]int

// Classes returns the classes of operations, as AWS's quotas distinguish them.
func Classes() []string {
	return []string{"domains", "profiles", "searches", "tones", "configurations", "pipelines", otherClass}
}

// otherClass is the class of what is of no other.
const otherClass = "connectors"

// class returns the class of a route.
func (r *route) class() string {
	switch p := r.op.Path; {
	case strings.HasPrefix(p, "/voice-profile-domains"):
		return "domains"
	case strings.HasPrefix(p, "/voice-profiles"):
		return "profiles"
	case strings.Contains(p, "/speaker-search-tasks"):
		return "searches"
	case strings.Contains(p, "/voice-tone-analysis-tasks"):
		return "tones"
	case strings.HasPrefix(p, "/media-insights-pipeline-configurations"):
		return "configurations"
	case r.service == Pipelines:
		return "pipelines"
	}
	return otherClass
}

// rateLimiter holds each key to its rates. A key may use the requests of one second at once. There is a token bucket for each
// key and class that has been used; only keys that have signed a request have any.
type rateLimiter struct {
	now     func() time.Time
	rates   Rates
	mu      sync.Mutex
	buckets map[bucketKey]*rate.Limiter
}

type bucketKey struct{ keyID, class string }

// newRateLimiter panics if a class does not exist.
func newRateLimiter(now func() time.Time, rates Rates) *rateLimiter {
	for class := range rates {
		if !slices.Contains(Classes(), class) {
			panic("rest: there is no class of operations " + class)
		}
	}
	return &rateLimiter{now: now, rates: rates, buckets: map[bucketKey]*rate.Limiter{}}
}

// wait takes a token and returns 0, or returns how long the next token takes.
func (l *rateLimiter) wait(keyID, class string) time.Duration {
	perSecond := l.rates[class]
	if perSecond <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	key := bucketKey{keyID, class}
	if l.buckets[key] == nil {
		l.buckets[key] = rate.NewLimiter(rate.Limit(perSecond), perSecond)
	}
	now := l.now()
	r := l.buckets[key].ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
