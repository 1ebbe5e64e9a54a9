package notify

import (
	"cmp"
	"slices"
	"time"

	"timbre"
)

// maxStandings is how many targets have metrics of their own: those that are furthest behind. Clients of the API can name any number, so
// the others are added up, under the name otherTargets.
const (
	maxStandings = 100
	otherTargets = "other"
)

// standing is how a target stands, or several together.
type standing struct {
	target        string
	waiting, dead int
	bytes         int64
	oldest        time.Duration // the age of what has waited longest
	failures      int
	states        map[timbre.Delivery]int // how many targets are in it
}

// standings are the targets that have something or do not work, the one that is furthest behind first.
func (d *Dispatcher) standings(depths []timbre.Depth) []standing {
	fails := d.States()
	list := make([]standing, 0, len(depths))
	for _, depth := range depths {
		s := newStanding(depth.Target, fails[depth.Target])
		s.waiting, s.dead, s.bytes = depth.Waiting, depth.Dead, depth.Bytes
		if !depth.Oldest.IsZero() {
			s.oldest = d.env.Age(depth.Oldest)
		}
		list = append(list, s)
		delete(fails, depth.Target)
	}
	for target, state := range fails {
		list = append(list, newStanding(target, state))
	}
	slices.SortFunc(list, func(a, b standing) int {
		return cmp.Or(cmp.Compare(b.oldest, a.oldest), cmp.Compare(b.failures, a.failures), cmp.Compare(a.target, b.target))
	})
	return bounded(list)
}

func newStanding(target string, s timbre.TargetState) standing {
	if s.Delivery == timbre.DeliveryUnknown {
		s.Delivery = timbre.DeliveryWorks
	}
	return standing{target: target, failures: s.Failures, states: map[timbre.Delivery]int{s.Delivery: 1}}
}

// bounded adds up what is beyond the bound.
func bounded(list []standing) []standing {
	if len(list) <= maxStandings {
		return list
	}
	rest := standing{target: otherTargets, states: map[timbre.Delivery]int{}}
	for _, s := range list[maxStandings:] {
		rest.waiting, rest.dead, rest.bytes = rest.waiting+s.waiting, rest.dead+s.dead, rest.bytes+s.bytes
		rest.oldest, rest.failures = max(rest.oldest, s.oldest), max(rest.failures, s.failures)
		for state, n := range s.states {
			rest.states[state] += n
		}
	}
	return append(list[:maxStandings:maxStandings], rest)
}
