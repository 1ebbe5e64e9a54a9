package evaluate

import (
	"math"
	"math/rand/v2"

	"timbre/evaluate/metric"
	"timbre/search"
	"timbre/search/fit"
)

// sayNothing is the Cllr of no calibration, which finds one person and two equally likely whatever the score.
const sayNothing = 1

// fitWhole fits a calibration of a model that has none: a line cannot make probabilities of bare cosines. Unprocessable: the trials do not
// suffice.
func (m Measure) fitWhole(cs []Comparison) (f Fit, err error) {
	c, err := fit.Calibrate(scored(cs))
	if err != nil {
		return f, err
	}
	f = Fit{
		Line: metric.Affine{Scale: 1}, Before: sayNothing, whole: &c,
		People: c.Fitted.Speakers, Targets: c.Fitted.Targets, NonTargets: c.Fitted.Impostors,
	}
	f.After, err = m.heldOut(cs)
	return f, err
}

// heldOut is the Cllr of calibrations on people that each was not fitted on.
func (m Measure) heldOut(cs []Comparison) (cllr float64, err error) {
	fold := make([]int, len(m.people))
	for i, person := range rand.New(rand.NewPCG(seed, 1)).Perm(len(fold)) {
		fold[person] = i % folds
	}
	count := 0.0
	for f := range folds {
		var in, out []Comparison
		for _, c := range cs {
			switch a, b := fold[m.people[c.Profile]] == f, fold[m.people[c.Caller]] == f; {
			case a && b:
				out = append(out, c)
			case !a && !b:
				in = append(in, c)
			}
		}
		calibration, err := fit.Calibrate(scored(in))
		if err != nil {
			return 0, err
		}
		if x := m.cllr(out, calibration); !math.IsNaN(x) {
			cllr, count = cllr+x, count+1
		}
	}
	return cllr / count, nil
}

func (m Measure) cllr(cs []Comparison, by search.Calibration) float64 {
	return m.scored(cs, func(c Comparison) float64 { return c.llr(by) }).Cllr()
}

// scored are comparisons as a fit takes them.
func scored(cs []Comparison) []fit.Trial {
	all := make([]fit.Trial, len(cs))
	for i, c := range cs {
		all[i] = fit.Trial{
			Score: c.cosine(), Profile: c.Enrolled.Print, Caller: c.Tested.Print, ProfileID: c.Enrolled.Name, CallID: c.Tested.Name,
			Enrolled: c.Profile, Speaking: c.Caller,
		}
	}
	return all
}
