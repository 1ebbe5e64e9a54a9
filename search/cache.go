package search

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// idleTimeout is how long a domain that is not searched stays in the cache.
const idleTimeout = time.Hour

// cache holds the domains that are searched. A domain that is deleted or idle is evicted, and its voices are overwritten.
type cache struct {
	log *slog.Logger

	mu      sync.Mutex
	domains map[string]*domain
}

func newCache(log *slog.Logger) cache {
	return cache{log: log, domains: map[string]*domain{}}
}

// open finds or adds a domain. When it adds one it evicts idle ones.
func (c *cache) open(id string, now time.Time) *domain {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.domains[id]
	if d == nil {
		for other, o := range c.domains {
			if now.Sub(o.used) > idleTimeout {
				delete(c.domains, other)
				o.evict()
			}
		}
		d = newDomain(id, c.log)
		c.domains[id] = d
	}
	d.used = now
	return d
}

// find returns a domain that is in the cache, or all if the id is empty.
func (c *cache) find(id string) (all []*domain) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held(id)
}

func (c *cache) held(id string) (all []*domain) {
	if id == "" {
		return slices.Collect(maps.Values(c.domains))
	}
	if d := c.domains[id]; d != nil {
		all = append(all, d)
	}
	return all
}

// forget evicts a domain, or all if the id is empty.
func (c *cache) forget(id string) {
	c.mu.Lock()
	all := c.held(id)
	for _, d := range all {
		delete(c.domains, d.id)
	}
	c.mu.Unlock()
	for _, d := range all {
		d.evict()
	}
}
