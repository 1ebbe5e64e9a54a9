package task

import (
	"context"
	"math"
	"slices"
	"time"

	"timbre"
)

const (
	// surelyOne is the least probability, at even odds, with which a new voiceprint is of the person of the old one.
	surelyOne = 0.99
	// maxOld is the weight of an old voiceprint at most, in net speech: voices and telephones change over the years.
	maxOld = 40 * time.Second
)

// renewed is the voiceprint of a profile for which a new one was made. If both are clearly of one person, it is their average: two
// recordings know a voice better than one. Otherwise the new one replaces the old one, as it does one of another model and one that
// has expired.
func (e *Engine) renewed(ctx context.Context, p timbre.Profile, fresh timbre.Voiceprint) (timbre.Voiceprint, error) {
	living, err := e.deps.Store.Voiceprints(ctx, p.DomainID, e.env.Now())
	if err != nil {
		return fresh, err
	}
	i := slices.IndexFunc(living, func(l timbre.Profile) bool { return l.ID == p.ID })
	if i < 0 || living[i].Voiceprint.Model != fresh.Model {
		return fresh, nil
	}
	old := living[i].Voiceprint
	if len(old.Embedding) != len(fresh.Embedding) || e.deps.Searcher.Same(p.DomainID, old, fresh) < surelyOne {
		return fresh, nil
	}
	return average(old, fresh), nil
}

// average is the mean direction of two voiceprints of one person, each weighted by its net speech, under the condition of the new
// one.
func average(old, fresh timbre.Voiceprint) timbre.Voiceprint {
	weight := min(old.Net, maxOld)
	mean, length := make(timbre.Embedding, len(fresh.Embedding)), 0.0
	for i := range mean {
		mean[i] = float32(weight.Seconds())*old.Embedding[i] + float32(fresh.Net.Seconds())*fresh.Embedding[i]
		length += float64(mean[i]) * float64(mean[i])
	}
	for i := range mean {
		mean[i] /= float32(math.Sqrt(length))
	}
	fresh.Embedding, fresh.Net = mean, fresh.Net+weight
	return fresh
}
