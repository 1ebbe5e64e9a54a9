package evaluate

import (
	"fmt"

	"timbre"
	"timbre/evaluate/metric"
	"timbre/search"
)

// LeastPeople is how many people a calibration needs: each with a trial of one person. With fewer, the intervals of its two numbers
// are so wide that it does as much harm as good.
const LeastPeople = 30

// folds of the people, for the check on people that a calibration was not fitted on.
const folds = 5

// Fit is a calibration that was fitted on recordings.
type Fit struct {
	Line                        metric.Affine
	People, Targets, NonTargets int
	Before, After               float64 // Cllr on people that the line was not fitted on, without it and with it

	strangers []Comparison
	whole     *search.Calibration // where there was none to put the line on
}

// Better says whether the fitted calibration is better than none on people that it was not fitted on.
func (f Fit) Better() bool { return f.After < f.Before }

// Fit fits a calibration on top of the one in place, or a whole one if there is none. Unprocessable, with what is needed: there are too few people.
func (m Measure) Fit(cs []Comparison, need string) (f Fit, err error) {
	m.people = map[string]int{}
	var kept []Comparison
	both := map[string]bool{}
	for _, c := range cs {
		if c.refused() != "" {
			continue
		}
		kept = append(kept, c)
		if c.Target {
			both[c.Caller] = true
		}
	}
	if n := len(both); n < LeastPeople {
		return f, timbre.Errorf(timbre.Unprocessable, "", "%d people of at least %d; %d more with %s are needed", n, LeastPeople, LeastPeople-n, need)
	}
	m.number(kept)
	if m.Calibration == nil {
		return m.fitWhole(kept)
	}
	trials := m.list(kept, func(c Comparison) float64 { return c.llr(m.Calibration) })
	f.People = len(m.people)
	for _, t := range trials {
		if t.Target {
			f.Targets++
		} else {
			f.NonTargets++
		}
	}
	if f.NonTargets == 0 {
		return f, timbre.Errorf(timbre.Unprocessable, "", "there are no trials of two people: without them nobody is told from others")
	}
	for _, c := range kept {
		if !c.Target {
			f.strangers = append(f.strangers, c)
		}
	}
	f.Before, f.After = metric.HeldOut(trials, f.People, folds, seed)
	f.Line = metric.FitAffine(metric.NewTrials(trials), f.People)
	return f, nil
}

// Of is a calibration with the fitted line on top, which keeps its promise for the strangers that were measured.
func (f Fit) Of(c search.Calibration) search.Calibration {
	if f.whole != nil {
		whole := *f.whole
		whole.Model, whole.Version = c.Model, c.Version
		return whole
	}
	mapped := c.Mapped(f.Line.Offset, f.Line.Scale)
	strangers := make([]search.Stranger, len(f.strangers))
	for i, x := range f.strangers {
		strangers[i] = search.Stranger{LLR: x.llr(mapped), Voice: x.Tested.Print}
	}
	return mapped.Guarded(strangers)
}

// String is the fit in words.
func (f Fit) String() string {
	return fmt.Sprintf("%d people, %d trials of one person and %d of two: Cllr on people that it was not fitted on %.3f before, %.3f after",
		f.People, f.Targets, f.NonTargets, f.Before, f.After)
}

// Known is a voiceprint of a call of somebody known.
type Known struct {
	Call, Person string
	Print        timbre.Voiceprint
}

// Pairs compares all calls of known people with one another.
func Pairs(calls []Known, model string) (all []Comparison) {
	voices := make([]*Voice, len(calls))
	for i, c := range calls {
		voices[i] = &Voice{Name: "call " + c.Call, Print: c.Print, Net: c.Print.Net}
	}
	for i, a := range calls {
		for k, b := range calls[:i] {
			if a.Print.Model != model || b.Print.Model != model || a.Call == b.Call {
				continue
			}
			all = append(all, Comparison{Enrolled: voices[k], Tested: voices[i], Profile: b.Person, Caller: a.Person, Target: a.Person == b.Person})
		}
	}
	return all
}
