package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Report is the result of a run.
type Report struct {
	Model     string      `json:"model"` // of the voiceprints
	Enrolment Enrolment   `json:"enrolment"`
	Rows      []Tally     `json:"rows"`
	Strangers []Strangers `json:"strangers"`
	Pairs     *Pairs      `json:"pairs,omitempty"`
}

// Enrolment counts enrolments of one person each, on a clean line.
type Enrolment struct {
	People  int            `json:"people"`
	Made    int            `json:"made"`    // voiceprints
	Reasons map[string]int `json:"reasons"` // why none was made
}

const heading = "what happens on the leg                    calls  right   95 %        wrong nobody refused  after    reasons"

func (y *Tally) line() string {
	return fmt.Sprintf("%-42s %5d %6d   %s %6d %6d %7d  %5.1f s  %s", y.Name, y.Calls, y.Right, percent(y.Low, y.High), y.Wrong, y.Nobody,
		y.Refused, y.Seconds, counted(y.Reasons))
}

func (s Strangers) line() string {
	return fmt.Sprintf("strangers named in a domain of %2d: %d of %d calls, %s", s.Profiles, s.Named, s.Calls, percent(s.Low, s.High))
}

func (s Pairs) line() string {
	return fmt.Sprintf("two people in turn: %d of %d voiceprints made, %s; %d accept one of the two, %d both; %s", s.Made, s.Calls,
		percent(s.Low, s.High), s.One, s.Both, counted(s.Reasons))
}

func (e Enrolment) line() string {
	return fmt.Sprintf("one person: %d of %d voiceprints made; %s", e.Made, e.People, counted(e.Reasons))
}

func percent(low, high float64) string { return fmt.Sprintf("%3.0f to %3.0f %%", 100*low, 100*high) }

// counted lists reasons, the most frequent first.
func counted(reasons map[string]int) string {
	var all []string
	for why, n := range reasons {
		all = append(all, fmt.Sprintf("%d × %s", n, why))
	}
	slices.SortFunc(all, func(a, b string) int {
		var n, m int
		_, _ = fmt.Sscan(a, &n)
		_, _ = fmt.Sscan(b, &m)
		if n != m {
			return m - n
		}
		return strings.Compare(a, b)
	})
	return strings.Join(all, "; ")
}

// print writes the report as tables.
func (r Report) print(w io.Writer) {
	fmt.Fprintf(w, "model %s\n%s\n\n%s\n", r.Model, r.Enrolment.line(), heading)
	for _, y := range r.Rows {
		fmt.Fprintln(w, y.line())
	}
	fmt.Fprintln(w)
	for _, s := range r.Strangers {
		fmt.Fprintln(w, s.line())
	}
	if r.Pairs != nil {
		fmt.Fprintln(w, r.Pairs.line())
	}
}

// save writes the report as JSON.
func (r Report) save(file string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
