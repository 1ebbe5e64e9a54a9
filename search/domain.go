package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"timbre"
)

// domain is the copy of one domain's voices that searches scan. It follows the changes of the domain: a change costs what it
// changes.
type domain struct {
	id   string
	log  *slog.Logger
	used time.Time // guarded by the cache's lock

	queue  queue
	logged *logged

	mu         sync.Mutex // held while the copy is brought up to date and scanned
	generation int64      // that the copy is of; 0: it has not been read
	indexes    map[kind]*index
	by         *Calibration // that the indexes are built for
	evicted    bool         // nothing stays in the copy, which no change reaches any more
}

// kind is what the embeddings of an index have in common. Those of other lengths are damaged, and are in an index that no voice is
// compared with.
type kind struct {
	model string
	dim   int
}

func newDomain(id string, log *slog.Logger) *domain {
	return &domain{id: id, log: log, logged: newLogged(), indexes: map[kind]*index{}}
}

// follow brings the copy up to date. The caller holds the lock.
func (d *domain) follow(ctx context.Context, from Source, by *Calibration, now time.Time) error {
	if d.by != by {
		d.generation, d.by = 0, by
	}
	generation, err := from.FollowVoiceprints(ctx, d.id, d.generation, now, d)
	d.generation = generation
	if err != nil {
		d.generation = 0 // some changes may be in: the next search reads all
		return err
	}
	for _, x := range d.indexes {
		x.expire(now)
	}
	return nil
}

// refresh follows the domain if it has been read.
func (d *domain) refresh(ctx context.Context, from Source, by *Calibration, now time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.generation == 0 {
		return nil
	}
	return d.follow(ctx, from, by, now)
}

// Clear implements timbre.VoiceprintIndex.
func (d *domain) Clear() {
	for _, x := range d.indexes {
		x.wipe()
	}
	clear(d.indexes)
}

// Put implements timbre.VoiceprintIndex.
func (d *domain) Put(p timbre.Profile) {
	k := kind{p.Voiceprint.Model, len(p.Voiceprint.Embedding)}
	for other, x := range d.indexes {
		if other != k {
			x.remove(p.ID) // of the model that the profile was of before
		}
	}
	x := d.indexes[k]
	if x == nil {
		x = newIndex(k.dim)
		d.indexes[k] = x
	}
	if !x.put(p, d.by) {
		d.warn(p.ID, k.dim)
	}
}

// warn says once that a profile cannot be found.
func (d *domain) warn(profileID string, dim int) {
	if d.logged.newlyMalformed(profileID) {
		d.log.Warn("profile is left out of searches: its voiceprint is malformed", "profile", profileID, "domain", d.id, "values", dim)
	}
}

// warnOfOthers warns of the profiles of a model whose embeddings have another length than the searched voice.
func (d *domain) warnOfOthers(of kind) {
	for k, x := range d.indexes {
		if k.model == of.model && k != of {
			for row := range x.len() {
				d.warn(x.id(row), k.dim)
			}
		}
	}
}

// Remove implements timbre.VoiceprintIndex.
func (d *domain) Remove(id string) {
	for _, x := range d.indexes {
		x.remove(id)
	}
}

// has says whether a profile can be found.
func (d *domain) has(k kind, id string) bool {
	x := d.indexes[k]
	if x == nil {
		return false
	}
	_, has := x.find(id)
	return has
}

// evict overwrites all voices. A search that has found the copy before reads it again, and overwrites it once more.
func (d *domain) evict() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.evicted = true
	d.discard()
}

// discard overwrites the voices of a copy that is evicted. The caller holds the lock.
func (d *domain) discard() {
	if d.evicted {
		d.generation = 0
		d.Clear()
	}
}
