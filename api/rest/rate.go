package rest

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Rates are requests a second that each key may make, by class of operation. A class that is not named has no limit.
type Rates map[string]int

// Classes are the classes of operations, as AWS's quotas tell them apart.
func Classes() []string {
	return []string{"domains", "profiles", "searches", "tones", "configurations", "pipelines", "connectors"}
}

// class is that of a route; connectors is all that has no other.
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
	return "connectors"
}

// pace holds keys to their rates: a bucket for each key and class, which holds what may be asked for in a second, and
// fills up at the rate. There are as many keys as have signed something: few.
type pace struct {
	rates Rates
	now   func() time.Time
	mu    sync.Mutex
	full  map[[2]string]time.Time // when the bucket of a key and class will be full again
}

// newPace panics at a class that there is not.
func newPace(rates Rates, now func() time.Time) *pace {
	for class := range rates {
		if !slices.Contains(Classes(), class) {
			panic("rest: there is no class of operations " + class)
		}
	}
	return &pace{rates: rates, now: now, full: map[[2]string]time.Time{}}
}

// take lets a request pass with 0, or says after what time to try again.
func (p *pace) take(keyID string, r *route) (wait time.Duration) {
	class := r.class()
	rate := p.rates[class]
	if rate <= 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now, each := p.now(), time.Second/time.Duration(rate)
	full := p.full[[2]string{keyID, class}]
	if full.Before(now) {
		full = now
	}
	full = full.Add(each)
	if wait := full.Sub(now) - each*time.Duration(rate); wait > 0 {
		return wait
	}
	p.full[[2]string{keyID, class}] = full
	return 0
}
