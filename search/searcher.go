// Package search ranks the profiles of a voice profile domain for a voice. A voiceprint comes in; the profiles that are the
// same person with at least the threshold's probability come out. The search is exact: it compares with every profile. The
// package makes no voiceprints, and it stores none outside its cache in memory. DESIGN.md explains why.
package search

import (
	"context"
	"errors"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/search/dot"
)

// MaxMatches is the most matches that a search returns.
const MaxMatches = 10

// Source is where the searched profiles are read.
type Source interface {
	timbre.VoiceprintFollower
	timbre.DomainReader
}

// Config of a Searcher.
type Config struct {
	Rule Rule // of domains whose tags do not say otherwise
}

// Deps are what a Searcher uses.
type Deps struct {
	Source      Source
	Calibration Calibration // of the model that made the searched voiceprints
	// Own is the calibration of a domain's own; nil: it has none. Equal pointers are equal calibrations. A nil function: no domain has.
	Own func(domainID string) *Calibration
}

// Searcher searches the domains of a Source. It is safe for concurrent use.
type Searcher struct {
	env   environment.Environment
	cfg   Config
	deps  Deps
	cache cache
}

// New returns a Searcher with an empty cache.
func New(env environment.Environment, cfg Config, deps Deps) *Searcher {
	env = env.Complete()
	cfg.Rule = cfg.Rule.complete()
	return &Searcher{env: env, cfg: cfg, deps: deps, cache: newCache(env.Log)}
}

// Search returns the profiles of a domain that match v by the domain's rule, best first, at most MaxMatches. Expired profiles and those of other models never match. NotFound without the domain; Invalid if
// v has no embedding.
func (s *Searcher) Search(ctx context.Context, domainID string, v timbre.Voiceprint) (timbre.Finding, error) {
	if len(v.Embedding) == 0 || !finite(v.Embedding) {
		return timbre.Finding{}, timbre.Errorf(timbre.Invalid, "search.Search", "the voiceprint has no embedding")
	}
	found, err := s.search(ctx, domainID, v)
	if timbre.KindOf(err) == timbre.NotFound {
		s.cache.forget(domainID)
	}
	return found, err
}

func (s *Searcher) search(ctx context.Context, domainID string, v timbre.Voiceprint) (timbre.Finding, error) {
	now := s.env.Due(timbre.ProfileLife)
	rule, err := s.rule(ctx, domainID, now)
	if err != nil {
		return timbre.Finding{}, err
	}
	d := s.cache.open(domainID, now)
	r := &request{voice: v, rule: rule}
	d.search(ctx, r, s.deps.Source, s.calibration(domainID), now)
	if r.err == nil && r.finding.Skipped != "" && d.logged.newlySkipped(v.Model) {
		s.env.Log.WarnContext(ctx, "profiles of the domain are left out of its searches", "domain", domainID, "reason", r.finding.Skipped)
	}
	return r.finding, r.err
}

// Follow brings the copy of a domain, or of all domains if the id is empty, up to date, as far as there is one. What has been erased in
// a domain is then overwritten in memory.
func (s *Searcher) Follow(ctx context.Context, domainID string) (err error) {
	for _, d := range s.cache.find(domainID) {
		err = errors.Join(err, d.refresh(ctx, s.deps.Source, s.calibration(d.id), s.env.Due(timbre.ProfileLife)))
	}
	return err
}

// calibration is that of a domain's own, or else of the model.
func (s *Searcher) calibration(domainID string) *Calibration {
	if s.deps.Own != nil {
		if c := s.deps.Own(domainID); c != nil {
			return c
		}
	}
	return &s.deps.Calibration
}

// Same is the probability that two voiceprints are of one person, where one and two people are equally likely beforehand, by the
// calibration of a domain. Those of different models cannot be compared: 0.
func (s *Searcher) Same(domainID string, v, w timbre.Voiceprint) float64 {
	if v.Model != w.Model || len(v.Embedding) != len(w.Embedding) || len(v.Embedding) == 0 {
		return 0
	}
	return s.calibration(domainID).Probability(float64(dot.Product(v.Embedding, w.Embedding)), v, w)
}

// Forget evicts a domain, or all if the id is empty, from the cache, and overwrites its voices. Otherwise it stays until a search finds it deleted or it has been idle for an hour.
func (s *Searcher) Forget(domainID string) { s.cache.forget(domainID) }

// Rule is the one of a domain: the configured one, with what the domain's tags override. NotFound without the domain.
func (s *Searcher) Rule(ctx context.Context, domainID string) (Rule, error) {
	return s.rule(ctx, domainID, s.env.Due(timbre.ProfileLife))
}

// rule is the configured one, with what the domain's tags override.
func (s *Searcher) rule(ctx context.Context, domainID string, now time.Time) (Rule, error) {
	d, err := s.deps.Source.Domain(ctx, domainID)
	r := s.cfg.Rule
	if err != nil {
		return r, err
	}
	for _, tag := range []struct {
		key   string
		value *float64
	}{{timbre.ThresholdTag, &r.Threshold}, {timbre.StrangersTag, &r.Strangers}, {timbre.PriorTag, &r.Prior}} {
		text, has := d.Tags[tag.key]
		if !has {
			continue
		}
		if p, ok := timbre.ParseThreshold(text); ok {
			*tag.value = p
		} else if s.cache.open(domainID, now).logged.newlyInvalid(tag.key, text) {
			s.env.Log.WarnContext(ctx, "a tag of the domain is not a number above 0 and below 1: the setting applies",
				"domain", domainID, "tag", tag.key, "value", text, "setting", *tag.value)
		}
	}
	return r, nil
}
