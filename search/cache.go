package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"timbre"
)

// idleTimeout is how long a domain that is not searched stays in the cache.
const idleTimeout = time.Hour

// cache holds the domains that are searched, each with the generation that it was read at. A domain that is deleted or idle
// is evicted.
type cache struct {
	log  *slog.Logger
	deps Deps

	mu      sync.Mutex
	domains map[string]*domain
}

func newCache(log *slog.Logger, deps Deps) cache {
	return cache{log: log, deps: deps, domains: map[string]*domain{}}
}

// domain is one cached domain. Its lock is held while it is read, so concurrent searches read it once.
type domain struct {
	used time.Time // guarded by the cache's lock

	mu          sync.Mutex
	loaded      bool
	generation  int64
	calibration *Calibration      // that the models' indexes are built for
	models      map[string]*index // by name and version of the model
	invalid     map[string]string // by tag, the last invalid value that was logged
	malformed   map[string]bool   // the profiles that were logged
	skipped     string            // the model for which profiles of other models were logged
}

// get returns the indexes of a domain by model. They are not changed any more.
func (c *cache) get(ctx context.Context, id string, by *Calibration, now time.Time) (map[string]*index, error) {
	d := c.open(id, now)
	// The generation is read before the profiles, so they may be newer than it says but never older.
	generation, err := c.deps.Source.Generation(ctx, id)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.loaded || d.generation < generation || d.calibration != by {
		models, err := c.read(ctx, d, id, by, now)
		if err != nil {
			return nil, err
		}
		d.loaded, d.generation, d.calibration, d.models = true, generation, by, models
	}
	return d.models, nil
}

// read builds an index of a domain for each model.
func (c *cache) read(ctx context.Context, d *domain, id string, by *Calibration, now time.Time) (map[string]*index, error) {
	profiles, err := c.deps.Source.Voiceprints(ctx, id, now)
	if err != nil {
		return nil, err
	}
	models := map[string]*index{}
	for _, p := range profiles {
		x := models[p.Voiceprint.Model]
		if x == nil {
			x = &index{dim: usualLength(profiles, p.Voiceprint.Model)}
			models[p.Voiceprint.Model] = x
		}
		if !x.add(p, by) && !d.malformed[p.ID] {
			if d.malformed == nil {
				d.malformed = map[string]bool{}
			}
			d.malformed[p.ID] = true
			c.log.WarnContext(ctx, "profile is left out of searches: its voiceprint is malformed",
				"profile", p.ID, "domain", id, "values", len(p.Voiceprint.Embedding))
		}
	}
	return models, nil
}

// usualLength is the length that most embeddings of a model have, so that a damaged one does not decide for the others.
func usualLength(profiles []timbre.Profile, model string) (usual int) {
	counts := map[int]int{}
	for _, p := range profiles {
		if p.Voiceprint.Model == model {
			counts[len(p.Voiceprint.Embedding)]++
		}
	}
	for length, n := range counts {
		if most := counts[usual]; length > 0 && (n > most || n == most && length > usual) {
			usual = length
		}
	}
	return usual
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
			}
		}
		d = &domain{}
		c.domains[id] = d
	}
	d.used = now
	return d
}

// newlyInvalid is true once for each invalid value of a domain's tag.
func (c *cache) newlyInvalid(id, tag, value string, now time.Time) bool {
	d := c.open(id, now)
	d.mu.Lock()
	defer d.mu.Unlock()
	last, logged := d.invalid[tag]
	if d.invalid == nil {
		d.invalid = map[string]string{}
	}
	d.invalid[tag] = value
	return !logged || last != value
}

// newlySkipped is true once for a domain and a model.
func (c *cache) newlySkipped(id, model string, now time.Time) bool {
	d := c.open(id, now)
	d.mu.Lock()
	defer d.mu.Unlock()
	newly := d.skipped != model
	d.skipped = model
	return newly
}

func (c *cache) forget(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.domains, id)
}
