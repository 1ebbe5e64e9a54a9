package rest

import (
	"strings"
	"sync"
	"time"
)

// concurrencyLimiter bounds the concurrent requests on one domain, profile or task.
type concurrencyLimiter struct {
	limit int // 0: unlimited
	mu    sync.Mutex
	count map[string]int // requests in flight, by item
}

// retrySoon is when a client over the concurrency limit should try again: most requests take less.
const retrySoon = 50 * time.Millisecond

func newConcurrencyLimiter(limit int) *concurrencyLimiter {
	return &concurrencyLimiter{limit: limit, count: map[string]int{}}
}

// acquire admits a request on an item until release is called: false over the limit. A request on no item has no limit.
func (l *concurrencyLimiter) acquire(item string) (release func(), ok bool) {
	if l.limit == 0 || item == "" {
		return func() {}, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count[item] >= l.limit {
		return nil, false
	}
	l.count[item]++
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.count[item]--; l.count[item] == 0 {
			delete(l.count, item)
		}
	}, true
}

// item returns the domain, profile or task that the path of a request names: empty if it names another resource or a list.
func (r *route) item(labels map[string]string) string {
	switch class := r.class(); class {
	case "domains", "profiles", "searches", "tones":
		if strings.HasSuffix(r.op.Path, "}") {
			return class + "/" + labels[r.labels[len(r.labels)-1]]
		}
	}
	return ""
}
