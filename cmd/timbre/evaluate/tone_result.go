package evaluate

import (
	"strings"

	"timbre"
	"timbre/evaluate/metric"
	"timbre/evaluate/report"
	"timbre/evaluate/trial"
)

const (
	neutral  = 1 // in trial.Tones
	negative = 2
)

// ToneMeasure turns heard tones into figures.
type ToneMeasure struct {
	Model string
	Draws int // of the bootstrap

	people map[string]int // numbers of the people
}

// Report computes the report of an evaluation.
func (m ToneMeasure) Report(all []Toned) report.Tone {
	m.people = map[string]int{}
	r := report.Tone{Model: m.Model, Draws: m.Draws, Recordings: len(all), Refused: []report.Refused{}, Groups: []report.ToneGroup{}, Tones: trial.Tones}
	for _, t := range all {
		if _, ok := m.people[t.Person]; !ok {
			m.people[t.Person] = len(m.people)
		}
		if t.Overall == nil {
			r.Refused = append(r.Refused, report.Refused{Name: strings.Join(t.Files, "|"), Reason: t.Refused, Trials: 1})
		}
	}
	r.People = len(m.people)
	r.Overall = m.row("", all)
	for _, g := range groups(all, func(t Toned) map[string]string { return t.Conditions }) {
		out := report.ToneGroup{Condition: g.condition}
		for _, v := range g.values {
			out.Rows = append(out.Rows, m.row(v.value, v.items))
		}
		r.Groups = append(r.Groups, out)
	}
	items := m.items(all)
	r.Confusion, r.Reliability = metric.Confusion(items, len(trial.Tones)), metric.Confidence(items, 10)
	r.Histogram = report.Histogram{Low: 0, High: 1}
	trials := make([]metric.Trial, 0, len(items))
	for _, x := range items {
		if x.Scores != nil {
			trials = append(trials, metric.Trial{Score: x.Scores[negative], Target: x.Truth == negative})
		}
	}
	r.Histogram.Targets, r.Histogram.NonTargets = metric.NewTrials(trials).Histogram(20, 0, 1)
	return r
}

func scores(t timbre.Tone) []float64 { return []float64{t.Positive, t.Neutral, t.Negative} }

// items are the overall tones of recordings.
func (m ToneMeasure) items(all []Toned) []metric.Classified {
	items := make([]metric.Classified, len(all))
	for i, t := range all {
		items[i] = metric.Classified{Person: m.people[t.Person], Truth: t.Tone}
		if t.Overall != nil {
			items[i].Scores = scores(*t.Overall)
		}
	}
	return items
}

func (m ToneMeasure) row(value string, all []Toned) report.ToneRow {
	people := len(m.people)
	r := report.ToneRow{
		Value: value, Recordings: make([]int, len(trial.Tones)),
		Classes: metric.MeasureClasses(m.items(all), len(trial.Tones), negative, people, m.Draws, seed),
	}
	var plain, steady []metric.Outcome
	for _, t := range all {
		r.Recordings[t.Tone]++
		for i, look := range t.Looks {
			if t.Tone == neutral {
				plain = append(plain, metric.Outcome{Person: m.people[t.Person], Happened: look.Label() == trial.Tones[neutral]})
			}
			if i > 0 {
				steady = append(steady, metric.Outcome{Person: m.people[t.Person], Happened: look.Label() == t.Looks[i-1].Label()})
			}
		}
	}
	r.PlainLooks, r.Pairs = len(plain), len(steady)
	r.Plain = metric.Share(plain, people, m.Draws, seed)
	r.Steady = metric.Share(steady, people, m.Draws, seed)
	return r
}
