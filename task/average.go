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
	// maxTasks is how many tasks a profile remembers: more than will be used again within timbre.VoiceprintLife.
	maxTasks = 50
)

// renewed is the voiceprint of a profile for which a task has made a new one, and the tasks that it is computed from. If both are clearly
// of one person, it is their average: two recordings know a voice better than one. An average that the new one is in already stays: the
// client has repeated its request. Otherwise the new one replaces the old one, as it does one of another model and one that has expired.
func (e *Engine) renewed(ctx context.Context, p timbre.Profile, t timbre.Task) (timbre.Voiceprint, []string, error) {
	fresh, alone := *t.Voiceprint, []string{t.ID}
	enrolled, err := e.deps.Store.Voiceprint(ctx, p.ID, e.env.Due(timbre.ProfileLife))
	if err != nil {
		return fresh, nil, err
	}
	defer enrolled.Voiceprint.Erase()
	old, tasks := enrolled.Voiceprint, enrolled.Tasks
	if len(old.Embedding) == 0 || old.Model != fresh.Model {
		return fresh, alone, nil
	}
	switch {
	case slices.Contains(tasks, t.ID):
		old.Embedding = slices.Clone(old.Embedding)
		return old, tasks, nil
	case len(old.Embedding) != len(fresh.Embedding) || e.deps.Searcher.Same(p.DomainID, old, fresh) < surelyOne:
		return fresh, alone, nil
	}
	return average(old, fresh), append(slices.Clone(tasks[max(0, len(tasks)-maxTasks+1):]), t.ID), nil
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
