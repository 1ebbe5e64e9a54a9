package metric

import "math"

// Outcome is whether something happened in one of a person's tests.
type Outcome struct {
	Person   int
	Happened bool
}

// Share is the share of outcomes that happened, with an interval over the people.
func Share(outcomes []Outcome, people, draws int, seed uint64) Figure {
	happened, all := make([]float64, people), make([]float64, people)
	for _, o := range outcomes {
		all[o.Person]++
		if o.Happened {
			happened[o.Person]++
		}
	}
	share := func(drawn []float64) []float64 {
		var yes, total float64
		for i := range all {
			w := 1.0
			if drawn != nil {
				w = drawn[i]
			}
			yes, total = yes+w*happened[i], total+w*all[i]
		}
		if total == 0 {
			return []float64{math.NaN()}
		}
		return []float64{yes / total}
	}
	return Interval(share(nil)[0], Bootstrap(people, draws, seed, share), 0)
}
