package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"timbre"
)

// Voices is a copy of a domain's voices, by the id of the profile, and how it came about.
type Voices struct {
	Profiles   map[string]timbre.Profile
	Generation int64
	Cleared    int
	Put        []string // since the last call of Follow
	Removed    []string
}

// index lets methods have the names of the fields.
type index struct{ of *Voices }

func (i index) Clear() {
	i.of.Cleared++
	clear(i.of.Profiles)
}

func (i index) Put(p timbre.Profile) {
	i.of.Put = append(i.of.Put, p.ID)
	p.Voiceprint.Embedding = slices.Clone(p.Voiceprint.Embedding)
	i.of.Profiles[p.ID] = p
}

func (i index) Remove(id string) {
	i.of.Removed = append(i.of.Removed, id)
	delete(i.of.Profiles, id)
}

// Follow brings the copy up to date.
func (v *Voices) Follow(ctx context.Context, from timbre.VoiceprintFollower, domainID string, now time.Time) (err error) {
	if v.Profiles == nil {
		v.Profiles = map[string]timbre.Profile{}
	}
	v.Put, v.Removed = nil, nil
	v.Generation, err = from.FollowVoiceprints(ctx, domainID, v.Generation, now, index{v})
	return err
}

// AllVoices returns the voices of a domain that have not expired at now, in the order of the profiles' ids.
func AllVoices(ctx context.Context, from timbre.VoiceprintFollower, domainID string, now time.Time) ([]timbre.Profile, error) {
	var v Voices
	err := v.Follow(ctx, from, domainID, now)
	return slices.SortedFunc(maps.Values(v.Profiles), func(a, b timbre.Profile) int { return cmp.Compare(a.ID, b.ID) }), err
}
