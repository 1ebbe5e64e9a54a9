package evaluate

import (
	"slices"

	"timbre/evaluate/metric"
	"timbre/evaluate/report"
)

// test is a test with what it was compared with.
type test struct {
	voice   *Voice
	caller  int
	target  *Comparison  // with the caller's own enrolment; nil: the caller is not enrolled
	other   []Comparison // with those of others
	refused int          // of the others
}

// tests are the tests of comparisons, in order.
func (m Measure) tests(cs []Comparison) (all []*test) {
	by := map[*Voice]*test{}
	for _, c := range cs {
		t := by[c.Tested]
		if t == nil {
			t = &test{voice: c.Tested, caller: m.people[c.Caller]}
			by[c.Tested] = t
			all = append(all, t)
		}
		switch {
		case c.Target:
			if t.target == nil || t.target.refused() != "" {
				t.target = &c
			}
		case c.Enrolled.Refused != "":
			t.refused++
		default:
			t.other = append(t.other, c)
		}
	}
	return all
}

// ranks are the shares of tests in which the caller's profile is among the best. A refused voice is never found.
func (m Measure) ranks(tests []*test) (r report.Ranks) {
	var first, tenth []metric.Outcome
	var profiles []int
	for _, t := range tests {
		if t.target == nil || len(t.other) == 0 {
			continue
		}
		rank := 0
		if t.target.refused() == "" {
			rank = 1
			own := t.target.llr(m.Calibration)
			for _, o := range t.other {
				if o.llr(m.Calibration) >= own {
					rank++
				}
			}
		}
		first = append(first, metric.Outcome{Person: t.caller, Happened: rank == 1})
		tenth = append(tenth, metric.Outcome{Person: t.caller, Happened: rank > 0 && rank <= 10})
		profiles = append(profiles, 1+len(t.other)+t.refused)
	}
	r.Tests = len(first)
	if r.Tests > 0 {
		slices.Sort(profiles)
		r.Profiles = profiles[len(profiles)/2]
	}
	r.Top1 = metric.Share(first, len(m.people), m.Draws, seed)
	r.Top10 = metric.Share(tenth, len(m.people), m.Draws, seed)
	return r
}
