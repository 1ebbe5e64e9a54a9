package evaluate

import (
	"cmp"
	"context"
	"slices"

	"timbre/evaluate/metric"
	"timbre/evaluate/report"
	"timbre/search"
)

// Measure turns comparisons into figures.
type Measure struct {
	Model       string
	Calibration Calibration
	Rule        search.Rule
	NewSearcher func(search.Source) Searcher
	Draws       int // of the bootstrap

	people map[string]int // numbers of the people
}

// seed makes the intervals and the domains of an evaluation the same in every run.
const seed = 1

// Speaker computes the report of an evaluation.
func (m Measure) Speaker(ctx context.Context, h Heard) (r report.Speaker, err error) {
	m.people = map[string]int{}
	m.number(h.Comparisons)
	enrolled, tested := map[*Voice]int{}, map[*Voice]int{}
	for _, c := range h.Comparisons {
		enrolled[c.Enrolled]++
		tested[c.Tested]++
	}
	r = report.Speaker{
		Model: m.Model, Threshold: m.Rule.Threshold, Strangers: m.Rule.Strangers, ExpectedShare: m.Rule.Prior,
		People: len(m.people), Enrolments: len(enrolled), Tests: len(tested),
		Curves: m.curves(m.trials(h.Comparisons)), Refused: refused(enrolled, tested), LeftOut: []report.Left{},
		Protocol: report.Protocol{Draws: m.Draws, Prior: metric.TargetPrior},
	}
	for _, side := range []map[*Voice]int{enrolled, tested} {
		for v := range side {
			if v.Second {
				r.SecondVoices++
			}
		}
	}
	for _, l := range h.LeftOut {
		r.LeftOut = append(r.LeftOut, report.Left(l))
	}
	if r.Overall, err = m.row(ctx, "", h.Comparisons); err != nil {
		return r, err
	}
	r.Groups = []report.Group{}
	for _, g := range groups(h.Comparisons, func(c Comparison) map[string]string { return c.Conditions }) {
		out := report.Group{Condition: g.condition, Rows: []report.Row{}}
		for _, v := range g.values {
			row, err := m.row(ctx, v.value, v.items)
			if err != nil {
				return r, err
			}
			out.Rows = append(out.Rows, row)
		}
		r.Groups = append(r.Groups, out)
	}
	return r, nil
}

// number numbers the people.
func (m Measure) number(cs []Comparison) {
	for _, c := range cs {
		for _, name := range []string{c.Profile, c.Caller} {
			if _, ok := m.people[name]; !ok {
				m.people[name] = len(m.people)
			}
		}
	}
}

// trials are the comparisons as scores.
func (m Measure) trials(cs []Comparison) metric.Trials {
	return m.scored(cs, func(c Comparison) float64 { return c.llr(m.Calibration) })
}

func (m Measure) scored(cs []Comparison, score func(Comparison) float64) metric.Trials {
	return metric.NewTrials(m.list(cs, score))
}

func (m Measure) list(cs []Comparison, score func(Comparison) float64) []metric.Trial {
	all := make([]metric.Trial, len(cs))
	for i, c := range cs {
		t := metric.Trial{Target: c.Target, Refused: c.refused() != "", A: m.people[c.Profile], B: m.people[c.Caller]}
		if !t.Refused {
			t.Score = score(c)
		}
		all[i] = t
	}
	return all
}

// row is the figures of some comparisons.
func (m Measure) row(ctx context.Context, value string, cs []Comparison) (r report.Row, err error) {
	trials, people := m.trials(cs), len(m.people)
	cosine := m.scored(cs, Comparison.cosine).Measure(people, m.Draws, seed)
	tests := m.tests(cs)
	r = report.Row{
		Value: value, Count: trials.Count(), Figures: trials.Measure(people, m.Draws, seed),
		Cosine: report.Raw{EER: cosine.EER, FRRAt1: cosine.FRRAt1, FRRAt01: cosine.FRRAt01},
		Ranks:  m.ranks(tests),
	}
	r.Named, err = m.named(ctx, tests)
	return r, err
}

func (m Measure) curves(t metric.Trials) (c report.Curves) {
	for _, p := range metric.Thin(t.Points(), 200) {
		if p.FAR > 0 || p.FRR < 1 {
			c.DET = append(c.DET, report.Rates(p))
		}
	}
	c.Reliability = t.Reliability(10)
	c.ECE = metric.ECE(c.Reliability)
	c.Histogram = report.Histogram{Low: -15, High: 15}
	c.Histogram.Targets, c.Histogram.NonTargets = t.Histogram(60, c.Histogram.Low, c.Histogram.High)
	return c
}

// refused lists the voices without a voiceprint.
func refused(sides ...map[*Voice]int) []report.Refused {
	all := []report.Refused{}
	for _, side := range sides {
		for v, trials := range side {
			if v.Refused != "" {
				all = append(all, report.Refused{Name: v.Name, Reason: v.Refused, Trials: trials})
			}
		}
	}
	slices.SortFunc(all, func(a, b report.Refused) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
