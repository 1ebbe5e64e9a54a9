package siprec

import (
	"slices"

	"timbre"
)

// Line is an audio m-line that is accepted.
type Line struct {
	Index int    // among all m-lines, from 0
	Label string // a=label
}

// Known is what is known of a call beside its metadata.
type Known struct {
	Rules
	Named  string       // the value of the header that the rules name
	Before []timbre.Leg // the legs so far
}

// Map returns one leg a line, in their order, and a warning for every assumption. Nil metadata is none.
//
// The caller is found by the first of these that names one: the operator's rules; a vendor's extension; the legs so far; the
// order of participants, or without a sender the order of lines. A stream that several participants send, or that is mixed, has no
// party.
func Map(lines []Line, m *Metadata, k Known) ([]timbre.Leg, []string) {
	g := newMapping(lines, m, k)
	g.findSenders()
	byRule := g.byHeader() || g.byPattern()
	turned := g.Swap && !byRule // the caller by a rule is not swapped
	if turned {
		g.Before = swapped(g.Before)
	}
	if !byRule {
		g.findCaller()
	}
	switch {
	case m != nil:
		g.assignSides()
	case g.Mixed && g.callerLine < 0: // no party is named, so that nothing is assumed
	default:
		g.assignByOrder("no metadata")
	}
	if turned {
		g.legs = swapped(g.legs)
	}
	return g.legs, g.warnings
}

const (
	none    = -1 // no participant, or no line
	several = -2 // several participants, or a mixed stream
)

// mapping is the state of Map.
type mapping struct {
	Known
	lines      []Line
	m          *Metadata
	legs       []timbre.Leg
	senders    []int // of each line: an index of m.Participants, none or several
	caller     int   // an index of m.Participants, or none
	callerLine int   // an index of lines, if a rule names the caller's line, or none
	warnings   []string
}

func newMapping(lines []Line, m *Metadata, k Known) *mapping {
	g := &mapping{
		Known: k, lines: lines, m: newMetadata(), legs: make([]timbre.Leg, len(lines)), senders: make([]int, len(lines)),
		caller: none, callerLine: none,
	}
	for i, l := range lines {
		g.legs[i] = timbre.Leg{Index: l.Index, Label: l.Label}
		g.senders[i] = none
	}
	if m != nil {
		g.m = m.present()
	}
	return g
}

func (g *mapping) warn(format string, args ...any) {
	g.warnings = append(g.warnings, warning(format, args...))
}

// swapped returns legs with the sides of caller and callee exchanged.
func swapped(legs []timbre.Leg) []timbre.Leg {
	turned := slices.Clone(legs)
	for i, l := range legs {
		turned[i].Side = [...]timbre.Side{timbre.Mixed: timbre.Mixed, timbre.Caller: timbre.Callee, timbre.Callee: timbre.Caller}[l.Side]
	}
	return turned
}
