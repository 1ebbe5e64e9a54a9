package siprec

import (
	"slices"

	"timbre"
)

// Line is an audio m-line that is taken.
type Line struct {
	Index int    // among all m-lines, from 0
	Label string // a=label
}

// Known is what is known of a call beside its metadata.
type Known struct {
	Rules
	Named  string       // the value of the header that the rules name
	Before []timbre.Leg // the legs as they have been so far
}

// Map says what each line carries: one leg a line, in their order, and a warning for everything that had to be guessed.
// Nil metadata is none.
//
// The rules, in order: the operator's word on who is calling; a vendor's; who was the caller, or the callee, so far; whoever
// the metadata says sends the stream that has the line's label, the first participant being the caller; without such an
// association the order of the lines, the first being the caller; a stream that two send, or that is mixed, is nobody's
// alone.
func Map(lines []Line, m *Metadata, k Known) ([]timbre.Leg, []string) {
	a := atlas{
		Known: k, lines: lines, m: newMetadata(), legs: make([]timbre.Leg, len(lines)), who: make([]int, len(lines)),
		caller: nobody, line: nobody,
	}
	for i, l := range lines {
		a.legs[i] = timbre.Leg{Index: l.Index, Label: l.Label}
		a.who[i] = nobody
	}
	if m != nil {
		a.m = m.present()
		a.findSenders()
	}
	sure := a.byHeader() || a.byPattern()
	if a.Swap && !sure {
		a.Before = swapped(a.Before)
	}
	if !sure {
		a.findCaller()
	}
	switch {
	case m != nil:
		a.nameSides()
	case a.Mixed && a.line < 0: // nobody is named, so that there is no guess
	default:
		a.byOrder("no metadata")
	}
	if a.Swap && !sure {
		a.legs = swapped(a.legs)
	}
	return a.legs, a.warnings
}

const (
	nobody = -1 // no association, or no such line
	many   = -2 // a mix
)

// atlas is a mapping in the making.
type atlas struct {
	Known
	lines    []Line
	m        *Metadata
	legs     []timbre.Leg
	who      []int // of Metadata.Participants, a line
	caller   int   // of Metadata.Participants
	line     int   // of lines, that the caller is on, where that is known otherwise
	warnings []string
}

func (a *atlas) warn(format string, args ...any) {
	a.warnings = append(a.warnings, sentence(format, args...))
}

// nameSides turns participants into sides.
func (a *atlas) nameSides() {
	known := 0
	for i, p := range a.who {
		switch {
		case p == many:
			a.legs[i].Side = timbre.Mixed
			known++
		case p >= 0:
			a.legs[i].Side, a.legs[i].Party = timbre.Callee, a.m.Participants[p].AOR
			if p == a.caller {
				a.legs[i].Side = timbre.Caller
			}
			known++
		}
	}
	switch {
	case known == len(a.who):
	case known > 0 && slices.Contains(a.who, many):
		a.warn("the streams without a sender are taken for mixed ones, as another one is")
	case known > 0:
		a.fill()
		for i, p := range a.who {
			if p == nobody && a.legs[i].Side != timbre.Mixed && i != a.line {
				a.warn("m-line %d: taken for the %s's, which nothing says", a.lines[i].Index, a.legs[i].Side)
			}
		}
	case len(a.lines) == 1 && len(a.m.Participants) > 1 && a.line < 0:
		a.warn("one stream and %d participants: taken for a mix", len(a.m.Participants))
	default:
		a.byOrder("nobody is named as a sender")
		a.partiesByOrder()
	}
}

// byOrder takes the first line for the caller's and the second for the callee's, unless the lines had other sides before.
func (a *atlas) byOrder(why string) {
	if a.line < 0 {
		a.warn("%s: the first audio stream is taken for the caller's", why)
	}
	a.fill()
}

// fill gives the lines without a sender their sides: the one that a rule says, those that they had, those that are left.
func (a *atlas) fill() {
	if a.line >= 0 && a.who[a.line] == nobody {
		a.legs[a.line].Side = timbre.Caller
	}
	for i := range a.legs {
		before := slices.IndexFunc(a.Before, func(l timbre.Leg) bool { return l.Index == a.legs[i].Index })
		if before >= 0 && a.open(i) && (a.Before[before].Side == timbre.Callee || a.free(a.Before[before].Side)) {
			a.legs[i].Side = a.Before[before].Side
		}
	}
	for i := range a.legs {
		for _, side := range []timbre.Side{timbre.Caller, timbre.Callee} {
			if a.open(i) && a.free(side) {
				a.legs[i].Side = side
			}
		}
		if a.open(i) {
			a.warn("m-line %d: a stream more, nobody knows whose", a.lines[i].Index)
		}
	}
}

// open says that a line has no side yet.
func (a *atlas) open(i int) bool { return a.who[i] == nobody && a.legs[i].Side == timbre.Mixed }

// free says that no line has a side yet.
func (a *atlas) free(s timbre.Side) bool {
	return !slices.ContainsFunc(a.legs, func(l timbre.Leg) bool { return l.Side == s })
}

// partiesByOrder gives each line the participant in its place, the caller to the caller's.
func (a *atlas) partiesByOrder() {
	n := len(a.m.Participants)
	if n == 0 || n != len(a.legs) {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(a.m.Participants), func(p Participant) bool { return a.caller >= 0 && p.ID == a.m.Participants[a.caller].ID })
	for i := range a.legs {
		switch {
		case a.caller >= 0 && a.legs[i].Side == timbre.Caller:
			a.legs[i].Party = a.m.Participants[a.caller].AOR
		case len(rest) > 0:
			a.legs[i].Party, rest = rest[0].AOR, rest[1:]
		}
	}
}

// swapped are legs with the sides of caller and callee exchanged.
func swapped(legs []timbre.Leg) []timbre.Leg {
	turned := slices.Clone(legs)
	for i, l := range legs {
		turned[i].Side = [...]timbre.Side{timbre.Mixed: timbre.Mixed, timbre.Caller: timbre.Callee, timbre.Callee: timbre.Caller}[l.Side]
	}
	return turned
}
