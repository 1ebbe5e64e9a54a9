package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"

	"timbre/evaluate/metric"
)

//go:embed page.html
var source string

// page is the page of a report. It loads nothing from elsewhere and has no scripts.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"px":   func(x float64) string { return fmt.Sprintf("%.1f", x) },
	"less": func(a, b float64) float64 { return a - b },
}).Parse(source))

// content is what the page shows.
type content struct {
	Heading, Title string
	Lead           []string
	Tables         []table
	Plots          []Plot
	Lists          []list
	LegendX        float64
}

type table struct {
	Title, About string
	Head         []string
	Rows         [][]cell
}

type cell struct{ Text, Interval string }

type list struct {
	Title string
	Rows  [][]string
}

// HTML writes a report as one page.
func (s Speaker) HTML(w io.Writer) error {
	o := s.Overall
	c := content{
		Heading: "Speaker recognition", Title: s.Title, LegendX: left + 12,
		Lead: []string{
			fmt.Sprintf("%d people, %d enrolments, %d tests: %d trials of one person and %d of two.", s.People, s.Enrolments, s.Tests, o.Targets, o.NonTargets),
			fmt.Sprintf("Model %s, calibration %s, least probability %.2f, strangers named at most %g %%, callers enrolled %g %%. Intervals hold 95 %% of %d draws of the people.", s.Model, s.Calibration, s.Threshold, 100*s.Strangers, 100*s.ExpectedShare, s.Protocol.Draws),
		},
		Tables: s.tables(),
		Plots:  []Plot{s.Curves.det(), s.Curves.reliability(), s.Curves.Histogram.plot()},
		Lists:  silentLists(s.Refused, s.LeftOut),
	}
	if s.SecondVoices > 0 {
		c.Lead = append(c.Lead, fmt.Sprintf("In %d of %d recordings a second voice was heard and left out.", s.SecondVoices, s.Enrolments+s.Tests))
	}
	if len(o.Named) > 0 {
		c.Plots = append(c.Plots, namedPlot(o.Named))
	}
	return page.Execute(w, c)
}

func (s Speaker) tables() []table {
	head := []string{"", "EER %", "FRR % at FAR 1 %", "at 0.1 %", "minDCF", "Cllr", "min", "top 1 %", "top 10 %", "targets", "others", "refused"}
	all := []table{{Title: "All trials", Head: head, Rows: [][]cell{s.Overall.cells("calibrated"), {
		{Text: "cosine alone"}, percentCell(s.Overall.Cosine.EER), percentCell(s.Overall.Cosine.FRRAt1), percentCell(s.Overall.Cosine.FRRAt01),
	}}}}
	for _, g := range s.Groups {
		t := table{Title: "By " + g.Condition, Head: head}
		for _, r := range g.Rows {
			t.Rows = append(t.Rows, r.cells(r.Value))
		}
		all = append(all, t)
	}
	if len(s.Overall.Named) == 0 {
		return all
	}
	t := table{
		Title: "Searches of N profiles", About: "What a search answers at the threshold: to somebody who is not among the profiles, and to somebody who is.",
		Head: []string{"profiles", "strangers named %", "identified %", "misnamed %", "tests"},
	}
	for _, n := range s.Overall.Named {
		t.Rows = append(t.Rows, []cell{{Text: fmt.Sprint(n.Profiles)}, percentCell(n.Strangers), percentCell(n.Identified), percentCell(n.Misnamed), {Text: fmt.Sprint(n.Tests)}})
	}
	return append(all, t)
}

func (r Row) cells(name string) []cell {
	return []cell{
		{Text: name},
		percentCell(r.EER), percentCell(r.FRRAt1), percentCell(r.FRRAt01), plainCell(r.MinDCF), plainCell(r.Cllr), plainCell(r.MinCllr),
		percentCell(r.Ranks.Top1), percentCell(r.Ranks.Top10),
		{Text: fmt.Sprint(r.Targets)},
		{Text: fmt.Sprint(r.NonTargets)},
		{Text: fmt.Sprint(r.RefusedTargets + r.RefusedNonTargets)},
	}
}

func percentCell(f metric.Figure) cell { return figureCell(f, 100, "%.1f") }

func plainCell(f metric.Figure) cell { return figureCell(f, 1, "%.3f") }

func figureCell(f metric.Figure, scale float64, format string) cell {
	if math.IsNaN(f.Value) {
		return cell{Text: "–"}
	}
	c := cell{Text: fmt.Sprintf(format, scale*f.Value)}
	if !math.IsNaN(f.Low) {
		c.Interval = fmt.Sprintf(format+"–"+format, scale*f.Low, scale*f.High)
	}
	return c
}

// silentLists are who was refused and who was left out.
func silentLists(refused []Refused, leftOut []Left) (all []list) {
	if len(refused) > 0 {
		l := list{Title: "Refused: each trial of one person counts as a miss"}
		for _, r := range refused {
			l.Rows = append(l.Rows, []string{r.Name, r.Reason, fmt.Sprintf("%d trials", r.Trials)})
		}
		all = append(all, l)
	}
	if len(leftOut) > 0 {
		l := list{Title: "Left out"}
		for _, r := range leftOut {
			l.Rows = append(l.Rows, []string{r.Name, r.Reason})
		}
		all = append(all, l)
	}
	return all
}
