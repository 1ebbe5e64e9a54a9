// Package search ranks the profiles of a voice profile domain for a voice. A voiceprint comes in; the profiles that are the
// same person with at least the threshold's probability come out. The search is exact: it compares with every profile. The
// package makes no voiceprints, and it stores none outside its cache in memory. DESIGN.md explains why.
package search

import (
	"context"
	"math"
	"time"

	"timbre"
	"timbre/environment"
)

const (
	// DefaultThreshold is the least probability of a match unless the settings or the domain's tag say otherwise.
	DefaultThreshold = 0.90
	// MaxMatches is the most matches that a search returns.
	MaxMatches = 10
)

// Source is where the searched profiles are read.
type Source interface {
	timbre.VoiceprintReader
	timbre.DomainReader
}

// Config of a Searcher.
type Config struct {
	Threshold float64 // the least probability of a match, above 0 and below 1; 0: DefaultThreshold
}

// Deps are what a Searcher uses.
type Deps struct {
	Source      Source
	Calibration Calibration // of the model that made the searched voiceprints
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
	if cfg.Threshold == 0 {
		cfg.Threshold = DefaultThreshold
	}
	return &Searcher{env: env, cfg: cfg, deps: deps, cache: newCache(env.Log, deps)}
}

// Search returns the profiles of a domain that are the same person as v with at least the threshold's probability, best
// first, at most MaxMatches. Expired profiles and those of other models never match. NotFound without the domain; Invalid if
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

func (s *Searcher) search(ctx context.Context, domainID string, v timbre.Voiceprint) (found timbre.Finding, err error) {
	now := s.env.Now()
	threshold, err := s.threshold(ctx, domainID, now)
	if err != nil {
		return found, err
	}
	x, err := s.cache.get(ctx, domainID, v.Model, now)
	if err != nil || x == nil {
		return timbre.Finding{Sure: err == nil}, err
	}
	least := math.Log(threshold / (1 - threshold))
	ranked := x.rank(v, s.deps.Calibration, now, least-doubt, MaxMatches+1)
	found.Sure = sure(ranked, least)
	for _, c := range ranked {
		if c.logit >= least && len(found.Matches) < MaxMatches {
			found.Matches = append(found.Matches, timbre.Match{ProfileID: c.id, Confidence: probability(c.logit)})
		}
	}
	return found, nil
}

// doubt is the distance, in logits, within which more speech often changes on which side of a threshold a profile is, or which
// of two profiles is the likelier one.
const doubt = 2.0

// sure says whether the best of the ranked candidates, which are those down to doubt below the threshold, is clear of it and
// of the second best.
func sure(ranked []candidate, least float64) bool {
	switch {
	case len(ranked) == 0:
		return true
	case ranked[0].logit < least+doubt:
		return false
	}
	return len(ranked) == 1 || ranked[0].logit-ranked[1].logit >= doubt
}

// Forget evicts a domain from the cache. Otherwise it stays until a search finds it deleted or it has been idle for an hour.
func (s *Searcher) Forget(domainID string) { s.cache.forget(domainID) }

// threshold is the one of the domain's tag, or else the configured one.
func (s *Searcher) threshold(ctx context.Context, domainID string, now time.Time) (float64, error) {
	d, err := s.deps.Source.Domain(ctx, domainID)
	if err != nil {
		return 0, err
	}
	tag, ok := d.Tags[timbre.ThresholdTag]
	if !ok {
		return s.cfg.Threshold, nil
	}
	threshold, ok := timbre.ParseThreshold(tag)
	if ok {
		return threshold, nil
	}
	if s.cache.newlyInvalid(domainID, tag, now) {
		s.env.Log.WarnContext(ctx, "the domain's threshold is not a number above 0 and below 1: the configured one applies",
			"domain", domainID, "tag", timbre.ThresholdTag, "value", tag, "threshold", s.cfg.Threshold)
	}
	return s.cfg.Threshold, nil
}
