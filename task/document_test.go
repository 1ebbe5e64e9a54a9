package task

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// transition is a row of a table: an input in a state, and what follows.
type transition struct{ from, in, to, status, events, effects string }

func (r transition) String() string {
	return strings.Join([]string{"", r.from, r.in, r.to, r.status, r.events, r.effects, ""}, " | ")
}

// transitions runs every input in every state. It returns the rows of the table, and the edges of the diagram.
func transitions(states []stateCase, inputs []inputCase) (rows []string, edges map[string]bool) {
	edges = map[string]bool{}
	for _, s := range states {
		for _, in := range inputs {
			if impossible(s, in.in) {
				continue
			}
			row, to, changed := run(s, in)
			if changed {
				rows = append(rows, row.String())
			}
			if to != s.phase {
				edges[string(s.phase)+" --> "+string(to)] = true
			}
		}
	}
	return rows, edges
}

// impossible says whether an input cannot come in a state: net speech never shrinks.
func impossible(s stateCase, in input) bool {
	speech, isSpeech := in.(speechReceived)
	search, isSearch := s.state.(searchState)
	return isSpeech && isSearch && s.phase != done && speech.speech.Net < search.net
}

func run(s stateCase, in inputCase) (row transition, to phase, changed bool) {
	before := s.state.record()
	next, events, effects := s.state.step(in.in, startTime.Add(time.Minute))
	after := next.record()
	to = phaseOf(next)
	row = transition{from: s.name, in: in.name, to: string(to), status: string(after.Status)}
	var statuses, names []string
	for _, e := range events {
		statuses = append(statuses, e.Status)
	}
	for _, e := range effects {
		names = append(names, effectName(e))
	}
	row.events, row.effects = strings.Join(statuses, ", "), strings.Join(names, ", ")
	changed = to != s.phase || len(events) > 0 || len(effects) > 0 || fmt.Sprint(before) != fmt.Sprint(after)
	return row, to, changed
}

func phaseOf(s state) phase {
	if s, is := s.(searchState); is {
		return s.phase
	}
	return s.(toneState).phase
}

func effectName(e effect) string {
	name := strings.TrimPrefix(fmt.Sprintf("%T", e), "task.")
	if s, is := e.(scoreTone); is && s.final {
		return "final " + name
	}
	return name
}

var edge = regexp.MustCompile(`^\s+(\w+ --> \w+)`)

// documented returns the rows of the table and the edges of the diagram under a heading of docs/task.md.
func documented(t *testing.T, heading string) (rows []string, edges map[string]bool) {
	t.Helper()
	f, err := os.Open("../docs/task.md")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	edges = map[string]bool{}
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "## ") {
			inside = line == "## "+heading
		}
		if !inside {
			continue
		}
		if cells := strings.Split(line, "|"); len(cells) == 8 && !strings.Contains(line, "---") && !strings.Contains(line, "next phase") {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, strings.Join(cells, " | "))
		}
		if m := edge.FindStringSubmatch(line); m != nil {
			edges[m[1]] = true
		}
	}
	return rows, edges
}

func TestTransitionsMatchDocumentation(t *testing.T) {
	for _, m := range machines {
		t.Run(m.heading, func(t *testing.T) {
			wantRows, wantEdges := documented(t, m.heading)
			rows, edges := transitions(m.states(), m.inputs())
			for _, r := range rows {
				if !slices.Contains(wantRows, r) {
					t.Errorf("got a transition that the table lacks:\n%s", r)
				}
			}
			for _, r := range wantRows {
				if !slices.Contains(rows, r) {
					t.Errorf("want a transition that the code lacks:\n%s", r)
				}
			}
			if len(rows) != len(wantRows) {
				t.Errorf("got %d transitions, want %d", len(rows), len(wantRows))
			}
			if !maps.Equal(edges, wantEdges) {
				t.Errorf("got edges %v\nwant %v", slices.Sorted(maps.Keys(edges)), slices.Sorted(maps.Keys(wantEdges)))
			}
		})
	}
}
