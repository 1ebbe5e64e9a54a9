package rest

import (
	"strings"
	"sync"
	"time"
)

// crowd holds requests on one domain, profile or task to a number at once. Whoever comes too many is to try again soon.
type crowd struct {
	most int // 0: any number
	mu   sync.Mutex
	busy map[string]int // requests under way, by class and id
}

// crowded is after what time whoever came too many should try again: longer than most requests take.
const crowded = 50 * time.Millisecond

// enter lets a request in until leave is called, or says that there are enough.
func (c *crowd) enter(r *route, labels map[string]string) (leave func(), ok bool) {
	one := r.item(labels)
	if c.most == 0 || one == "" {
		return func() {}, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[one] >= c.most {
		return nil, false
	}
	c.busy[one]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.busy[one]--; c.busy[one] == 0 {
			delete(c.busy, one)
		}
	}, true
}

// item is the domain, profile or task whose path a request has; empty when it has that of another thing, or of a list.
func (r *route) item(labels map[string]string) string {
	switch class := r.class(); class {
	case "domains", "profiles", "searches", "tones":
		if strings.HasSuffix(r.op.Path, "}") {
			return class + "/" + labels[r.labels[len(r.labels)-1]]
		}
	}
	return ""
}
