package search

import (
	"context"
	"time"

	"timbre"
)

// Fixed is a Source in which every domain has the same profiles, which do not change.
type Fixed []timbre.Profile

// FollowVoiceprints implements Source.
func (f Fixed) FollowVoiceprints(_ context.Context, _ string, after int64, _ time.Time, to timbre.VoiceprintIndex) (int64, error) {
	const only = 1
	if after == only {
		return only, nil
	}
	to.Clear()
	for _, p := range f {
		to.Put(p)
	}
	return only, nil
}

// Domain implements Source.
func (f Fixed) Domain(_ context.Context, id string) (timbre.Domain, error) {
	return timbre.Domain{ID: id}, nil
}
