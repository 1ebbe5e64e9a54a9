package evaluate

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"timbre"
	"timbre/evaluate/metric"
	"timbre/evaluate/report"
	"timbre/search"
)

// Searcher is search.Searcher.
type Searcher interface {
	Search(ctx context.Context, domainID string, v timbre.Voiceprint) (timbre.Finding, error)
}

// sizes are the numbers of profiles that are searched.
var sizes = []int{1, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000}

// searches is how many domains are drawn for each test and size.
const searches = 10

// named searches domains of each size, drawn from the enrolments that a test was compared with: without the caller, and with.
func (m Measure) named(ctx context.Context, tests []*test) ([]report.Named, error) {
	all := []report.Named{}
	for _, n := range sizes {
		var strangers, identified, misnamed []metric.Outcome
		r, count := rand.New(rand.NewPCG(seed, uint64(n))), 0
		for _, t := range tests {
			if len(t.other) < n {
				continue
			}
			count++
			for range searches {
				others := draw(t.other, n, r)
				answer, err := m.search(ctx, t, others)
				if err != nil {
					return nil, err
				}
				strangers = append(strangers, metric.Outcome{Person: t.caller, Happened: answer != nil})
				if t.target == nil {
					continue
				}
				if t.target.Enrolled.Refused == "" {
					others = append(others[:n-1], *t.target)
				} else {
					others = others[:n-1]
				}
				if answer, err = m.search(ctx, t, others); err != nil {
					return nil, err
				}
				right := answer != nil && answer == t.target.Enrolled
				identified = append(identified, metric.Outcome{Person: t.caller, Happened: right})
				misnamed = append(misnamed, metric.Outcome{Person: t.caller, Happened: answer != nil && !right})
			}
		}
		if count == 0 {
			break
		}
		share := func(o []metric.Outcome) metric.Figure { return metric.Share(o, len(m.people), m.Draws, seed) }
		all = append(all, report.Named{
			Profiles: n, Tests: count,
			Strangers: share(strangers), Identified: share(identified), Misnamed: share(misnamed),
		})
	}
	return all, nil
}

// draw draws n comparisons.
func draw(cs []Comparison, n int, r *rand.Rand) []Comparison {
	drawn := make([]Comparison, n)
	for i, k := range r.Perm(len(cs))[:n] {
		drawn[i] = cs[k]
	}
	return drawn
}

// search searches the enrolments of comparisons for a test, as the server does. It returns the first match; nil: there is none.
func (m Measure) search(ctx context.Context, t *test, among []Comparison) (*Voice, error) {
	if t.voice.Refused != "" {
		return nil, nil
	}
	profiles := make([]timbre.Profile, len(among))
	byID := map[string]*Voice{}
	for i, c := range among {
		id := fmt.Sprint(i)
		profiles[i], byID[id] = c.Enrolled.profile(id, time.Now().Add(timbre.ProfileLife)), c.Enrolled
	}
	found, err := m.NewSearcher(search.Fixed(profiles)).Search(ctx, "", t.voice.Print)
	if err != nil || len(found.Matches) == 0 {
		return nil, err
	}
	return byID[found.Matches[0].ProfileID], nil
}
