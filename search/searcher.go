// Package search ranks the profiles of a domain for a voice: a voiceprint comes in, and out go the profiles that are the
// same person with at least the threshold's probability. It compares with every profile and misses none. It makes no
// voiceprints, and it keeps of them only what it holds in memory.
package search

import (
	"context"
	"log/slog"
	"math"
	"time"

	"timbre"
)

// Source is where the searched profiles are read.
type Source interface {
	timbre.VoiceprintReader
	timbre.DomainReader
}

// Config of a Searcher.
type Config struct {
	Threshold float64 // the least probability of a match, above 0 and below 1; 0: DefaultThreshold
	Now       func() time.Time
	Log       *slog.Logger // nil: none
}

const (
	// DefaultThreshold is the least probability at which a profile is a match.
	DefaultThreshold = 0.90
	// MaxMatches is how many matches a search gives at most.
	MaxMatches = 10
)

// Searcher searches the domains of a Source. It is for any number of goroutines.
type Searcher struct {
	source      Source
	calibration Calibration
	config      Config
	cache       cache
}

// New makes a Searcher for the voices of one model, to which the calibration belongs.
func New(s Source, c Calibration, config Config) *Searcher {
	if config.Threshold == 0 {
		config.Threshold = DefaultThreshold
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	return &Searcher{
		source: s, calibration: c, config: config,
		cache: cache{source: s, calibration: c, log: config.Log, domains: map[string]*domain{}},
	}
}

// Search gives the profiles of a domain that are the same person as v with at least the domain's threshold of probability:
// best first, at most MaxMatches. Expired profiles and those of other models are never among them. NotFound without the
// domain.
func (s *Searcher) Search(ctx context.Context, domainID string, v timbre.Voiceprint) ([]timbre.Match, error) {
	if len(v.Embedding) == 0 || !finite(v.Embedding) {
		return nil, timbre.Errorf(timbre.Invalid, "search.Search", "the voiceprint has no embedding")
	}
	matches, err := s.search(ctx, domainID, v)
	if missing(err) {
		s.cache.forget(domainID)
	}
	return matches, err
}

func (s *Searcher) search(ctx context.Context, domainID string, v timbre.Voiceprint) ([]timbre.Match, error) {
	now := s.config.Now()
	least, err := s.threshold(ctx, domainID, now)
	if err != nil {
		return nil, err
	}
	x, err := s.cache.get(ctx, domainID, v.Model, now)
	if err != nil || x == nil {
		return nil, err
	}
	var matches []timbre.Match
	for _, f := range x.rank(v, s.calibration, now, math.Log(least/(1-least)), MaxMatches) {
		matches = append(matches, timbre.Match{ProfileID: f.id, Confidence: probability(f.logit)})
	}
	return matches, nil
}

// Forget drops a domain from memory, where it otherwise stays until somebody searches it in vain or nobody does for long.
func (s *Searcher) Forget(domainID string) { s.cache.forget(domainID) }

// threshold is the domain's own, or the configured one.
func (s *Searcher) threshold(ctx context.Context, domainID string, now time.Time) (float64, error) {
	d, err := s.source.Domain(ctx, domainID)
	if err != nil {
		return 0, err
	}
	tag, ok := d.Tags[timbre.ThresholdTag]
	if !ok {
		return s.config.Threshold, nil
	}
	own, ok := timbre.ParseThreshold(tag)
	if !ok {
		if s.cache.complain(domainID, tag, now) {
			s.config.Log.WarnContext(ctx, "the domain's threshold is not a number above 0 and below 1: the configured one applies",
				"domain", domainID, "tag", timbre.ThresholdTag, "value", tag, "threshold", s.config.Threshold)
		}
		return s.config.Threshold, nil
	}
	return own, nil
}
