package check

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"timbre"
)

// Level is how bad a finding is.
type Level string

// The levels. A server works with warnings, though not as well as it could; with a failure it does not start, takes no calls, or cannot
// reach where its events go.
const (
	OK      Level = "ok"
	Warning Level = "warning"
	Failure Level = "failure"
)

// Finding is what a check has found.
type Finding struct {
	Level  Level  `json:"level"`
	Check  string `json:"check"`
	Text   string `json:"finding"`
	Advice string `json:"advice,omitempty"` // what to do; none for what is as it should be
}

// Report is all that was found.
type Report struct {
	Findings []Finding `json:"findings"`
	Calls    *Capacity `json:"calls,omitempty"` // nil: not measured
}

// Print writes a finding a line, or all as JSON.
func (r Report) Print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range r.Findings {
		text := f.Text
		if f.Advice != "" {
			text += ": " + f.Advice
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Level, f.Check, text)
	}
	return table.Flush()
}

// Failed is an error if there are failures or, if it is strict, warnings. Its kind is Unavailable if they are all of targets that cannot be
// reached: a server would take calls, and the events for those targets would wait.
func (r Report) Failed(strict bool) error {
	count, unreached := map[Level]int{}, 0
	for _, f := range r.Findings {
		count[f.Level]++
		if f.Level == Failure && f.Check == targets {
			unreached++
		}
	}
	switch {
	case count[Failure] == 0 && (!strict || count[Warning] == 0):
		return nil
	case count[Failure] == unreached && (!strict || count[Warning] == 0):
		return timbre.Errorf(timbre.Unavailable, "", "targets that cannot be reached: %d", unreached)
	}
	return timbre.Errorf(timbre.Unprocessable, "", "failures: %d, warnings: %d", count[Failure], count[Warning])
}

// findings are those of one check.
type findings struct {
	report *Report
	check  string
}

func (f *findings) add(level Level, text, advice string) {
	f.report.Findings = append(f.report.Findings, Finding{level, f.check, text, advice})
}

func (f *findings) ok(format string, args ...any) { f.add(OK, fmt.Sprintf(format, args...), "") }

func (f *findings) warn(text, advice string) { f.add(Warning, text, advice) }

func (f *findings) fail(text, advice string) { f.add(Failure, text, advice) }
