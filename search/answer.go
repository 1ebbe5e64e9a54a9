package search

import (
	"context"
	"slices"
	"time"

	"timbre"
)

// search answers a request. The first that gets the lock answers all that wait, with one scan.
func (d *domain) search(ctx context.Context, r *request, from Source, by *Calibration, now time.Time) {
	d.queue.add(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.done {
		return
	}
	defer d.discard()
	all := d.queue.take()
	err := d.answer(context.WithoutCancel(ctx), all, from, by, now)
	for _, r := range all {
		r.done, r.err = true, err
	}
}

func (d *domain) answer(ctx context.Context, all []*request, from Source, by *Calibration, now time.Time) error {
	if err := d.follow(ctx, from, by, now); err != nil {
		return err
	}
	for k, some := range byKind(all) {
		d.warnOfOthers(k)
		d.indexes[k].answer(some, by)
	}
	if err := d.follow(ctx, from, by, now); err != nil { // what was deleted during the scan must not be found
		return err
	}
	for _, r := range all {
		d.withoutDeleted(r)
		r.finding.Skipped = d.skipped(kindOf(r.voice))
	}
	return nil
}

func byKind(all []*request) map[kind][]*request {
	kinds := map[kind][]*request{}
	for _, r := range all {
		k := kindOf(r.voice)
		kinds[k] = append(kinds[k], r)
	}
	return kinds
}

func kindOf(v timbre.Voiceprint) kind { return kind{v.Model, len(v.Embedding)} }

// answer finds the matches of voices of the index's kind. A nil index has none.
func (x *index) answer(all []*request, c *Calibration) {
	queries := make([]*query, len(all))
	for i, r := range all {
		queries[i] = newQuery(r.voice, c, r.rule.Prior)
	}
	x.scan(queries...)
	for i, r := range all {
		r.finding = x.decide(queries[i], c, r.rule)
		clear(queries[i].small.values) // it is the voice, too
	}
}

// withoutDeleted takes profiles out of a finding that are no more. Those that are left might have been found more surely without
// them.
func (d *domain) withoutDeleted(r *request) {
	n := len(r.finding.Matches)
	r.finding.Matches = slices.DeleteFunc(r.finding.Matches, func(m timbre.Match) bool { return !d.has(kindOf(r.voice), m.ProfileID) })
	if len(r.finding.Matches) < n {
		r.finding.Sure = false
	}
}
