package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"timbre/evaluate/metric"
)

// Tone is the result of an evaluation of tone.
type Tone struct {
	Title       string       `json:"title"`
	Model       string       `json:"model"`
	Tones       []string     `json:"tones"`
	Draws       int          `json:"bootstrapDraws"`
	People      int          `json:"people"`
	Recordings  int          `json:"recordings"`
	Overall     ToneRow      `json:"overall"`
	Groups      []ToneGroup  `json:"by"`
	Confusion   [][]int      `json:"confusion"` // a row for each true tone; the last column counts refused recordings
	Reliability []metric.Bin `json:"reliability"`
	Histogram   Histogram    `json:"negativeScores"` // targets: recordings of negative tone
	Refused     []Refused    `json:"refused"`
}

// ToneGroup is a condition with a row for each of its values.
type ToneGroup struct {
	Condition string    `json:"condition"`
	Rows      []ToneRow `json:"rows"`
}

// ToneRow is the figures of some recordings. A refused one counts as wrong.
type ToneRow struct {
	Value      string `json:"value"`
	Recordings []int  `json:"recordings"` // of each tone
	metric.Classes
	Plain      metric.Figure `json:"neutralLooksOfPlainSpeech"` // share of the looks at neutral recordings that are neutral
	PlainLooks int           `json:"looksAtPlainSpeech"`
	Steady     metric.Figure `json:"steadyLooks"` // share of looks with the same tone as the one before
	Pairs      int           `json:"pairsOfLooks"`
}

var toneHead = []string{"", "UAR %", "AUC of negative", "calibration error", "neutral looks of plain speech %", "steady looks %"}

func (r ToneRow) cells(name string) []cell {
	all := []cell{{Text: name}, percentCell(r.UAR), plainCell(r.AUC), plainCell(r.ECE), percentCell(r.Plain), percentCell(r.Steady)}
	for i, f := range r.Recall {
		c := percentCell(f)
		c.Text += fmt.Sprintf(" of %d", r.Recordings[i])
		all = append(all, c)
	}
	return all
}

func (t Tone) head() []string {
	head := toneHead
	for _, tone := range t.Tones {
		head = append(head[:len(head):len(head)], tone+" recall %")
	}
	return head
}

// Text writes a report as tables.
func (t Tone) Text(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "%d recordings of %d people; model %s; with 95 %% intervals over people\n\n", t.Recordings, t.People, t.Model)
	line := func(cells []cell) {
		texts := make([]string, len(cells))
		for i, c := range cells {
			texts[i] = c.Text
			if c.Interval != "" {
				texts[i] += " (" + c.Interval + ")"
			}
		}
		fmt.Fprintln(out, strings.Join(texts, "\t"))
	}
	fmt.Fprintln(out, strings.Join(t.head(), "\t"))
	line(t.Overall.cells("all"))
	for _, g := range t.Groups {
		for _, r := range g.Rows {
			line(r.cells(g.Condition + " " + r.Value))
		}
	}
	for _, c := range t.confusion() {
		fmt.Fprintf(out, "\n%s\n%s\n", c.Title, strings.Join(c.Head, "\t"))
		for _, r := range c.Rows {
			line(r)
		}
	}
	if len(t.Refused) > 0 {
		fmt.Fprintf(out, "\nRefused: no tone could be scored; each counts as wrong.\n")
	}
	for _, r := range t.Refused {
		fmt.Fprintf(out, "%s\t%s\n", r.Name, r.Reason)
	}
	return out.Flush()
}

// confusion is the table of what was said of each tone.
func (t Tone) confusion() []table {
	c := table{Title: "Said, of each true tone", Head: append(append([]string{"true"}, t.Tones...), "refused")}
	for i, counts := range t.Confusion {
		row := []cell{{Text: t.Tones[i]}}
		for _, n := range counts {
			row = append(row, cell{Text: fmt.Sprint(n)})
		}
		c.Rows = append(c.Rows, row)
	}
	return []table{c}
}

// HTML writes a report as one page.
func (t Tone) HTML(w io.Writer) error {
	c := content{
		Heading: "Tone", Title: t.Title, LegendX: left + 12,
		Lead: []string{fmt.Sprintf("%d recordings of %d people. Model %s. Intervals hold 95 %% of %d draws of the people.", t.Recordings, t.People, t.Model, t.Draws)},
	}
	all := table{Title: "All recordings", About: "A recording that is refused counts as wrong. A look is a score of the last 30 s, every 5 s.", Head: t.head(), Rows: [][]cell{t.Overall.cells("all")}}
	c.Tables = append([]table{all}, t.confusion()...)
	for _, g := range t.Groups {
		by := table{Title: "By " + g.Condition, Head: t.head()}
		for _, r := range g.Rows {
			by.Rows = append(by.Rows, r.cells(r.Value))
		}
		c.Tables = append(c.Tables, by)
	}
	honest := Curves{Reliability: t.Reliability, ECE: t.Overall.ECE.Value}.reliability()
	honest.About = "The score of the likeliest tone, and how often it was the true one. Points on the line are honest."
	negative := t.Histogram.plot()
	negative.Title, negative.XLabel = "Scores of negative", "score of negative"
	negative.About = "The score of negative for recordings of negative tone, and for all others, each as a share of its own."
	negative.Legend[0].Text, negative.Legend[1].Text = "negative", "not negative"
	c.Plots, c.Lists = []Plot{honest, negative}, silentLists(t.Refused, nil)
	return page.Execute(w, c)
}
