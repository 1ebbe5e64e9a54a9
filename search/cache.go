package search

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"timbre"
)

// idle is how long a domain that nobody searches stays in memory.
const idle = time.Hour

// cache keeps the domains that are searched in memory, each as of a generation. A domain that is gone, or has not been
// searched for long, goes.
type cache struct {
	source      Source
	calibration Calibration
	log         *slog.Logger

	mu      sync.Mutex
	domains map[string]*domain
}

// domain is one domain in memory. Its lock is held while it is read in, so that it is read once however many search it.
type domain struct {
	used time.Time // guarded by the cache's lock

	mu         sync.Mutex
	loaded     bool
	generation int64
	models     map[string]*index // by the name and version of the model
	complaint  string            // the threshold, in quotes, that has been complained of
}

// get gives the voices of a domain that one model made; nil without any.
func (c *cache) get(ctx context.Context, id, model string, now time.Time) (*index, error) {
	d := c.open(id, now)
	generation, err := c.source.Generation(ctx, id) // before the profiles: they may be newer than it says, never older
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.loaded || d.generation < generation {
		models, err := c.read(ctx, id, now)
		if err != nil {
			return nil, err
		}
		d.loaded, d.generation, d.models = true, generation, models
	}
	return d.models[model], nil
}

func (c *cache) read(ctx context.Context, id string, now time.Time) (map[string]*index, error) {
	profiles, err := c.source.Voiceprints(ctx, id, now)
	if err != nil {
		return nil, err
	}
	models := map[string]*index{}
	for _, p := range profiles {
		x := models[p.Voiceprint.Model]
		if x == nil {
			x = &index{}
			models[p.Voiceprint.Model] = x
		}
		if !x.add(p, c.calibration) {
			c.log.WarnContext(ctx, "a profile's voiceprint cannot be compared: left out of the search",
				"profile", p.ID, "domain", id, "values", len(p.Voiceprint.Embedding))
		}
	}
	return models, nil
}

// open finds a domain in the cache or puts it there, and lets those go that have been idle for long.
func (c *cache) open(id string, now time.Time) *domain {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.domains[id]
	if d == nil {
		for other, o := range c.domains {
			if now.Sub(o.used) > idle {
				delete(c.domains, other)
			}
		}
		d = &domain{}
		c.domains[id] = d
	}
	d.used = now
	return d
}

// complain is true once for each bad threshold of a domain.
func (c *cache) complain(id, threshold string, now time.Time) bool {
	d := c.open(id, now)
	d.mu.Lock()
	defer d.mu.Unlock()
	quoted := strconv.Quote(threshold)
	first := d.complaint != quoted
	d.complaint = quoted
	return first
}

func (c *cache) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.domains, id)
}

// missing says whether an error means that the domain is gone.
func missing(err error) bool { return timbre.KindOf(err) == timbre.NotFound }
