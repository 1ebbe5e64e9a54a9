package siprec

import (
	"fmt"
	"slices"

	"timbre"
)

// Line is an audio m-line that is taken.
type Line struct {
	Index int    // among all m-lines, from 0
	Label string // a=label
	Party string // address that a header of the INVITE gives it, for calls without metadata
}

// Map says what each line carries: one leg a line, in their order, and a warning for everything that had to be guessed.
// Nil metadata is none. Known is the address of the party that was the caller so far, which keeps the caller the caller
// when later metadata lists the parties in another order.
//
// The rules, in order: a vendor's word on who is calling; whoever the metadata says sends the stream that has the line's
// label, the first participant being the caller; without such an association the order of the lines, the first being the
// caller; a stream that two send, or that is mixed, is nobody's alone.
func Map(lines []Line, m *Metadata, known string) ([]timbre.Leg, []string) {
	a := atlas{lines: lines, m: m, legs: make([]timbre.Leg, len(lines)), who: make([]int, len(lines))}
	for i, l := range lines {
		a.legs[i] = timbre.Leg{Index: l.Index, Label: l.Label, Party: l.Party}
		a.who[i] = nobody
	}
	if m == nil {
		a.warn("no metadata: the first audio stream is taken for the caller's")
		a.byOrder()
		return a.legs, a.warnings
	}
	a.findSenders()
	a.nameSides(a.caller(known))
	return a.legs, a.warnings
}

const (
	nobody = -1 // no association
	many   = -2 // a mix
)

// atlas is a mapping in the making.
type atlas struct {
	lines    []Line
	m        *Metadata
	legs     []timbre.Leg
	who      []int // of Metadata.Participants, a line
	warnings []string
}

func (a *atlas) warn(format string, args ...any) {
	a.warnings = append(a.warnings, fmt.Sprintf(format, args...))
}

// findSenders looks up who sends on each line.
func (a *atlas) findSenders() {
	for i, l := range a.lines {
		var senders []int
		mixed, streams := false, a.streams(i, l)
		for _, s := range streams {
			mixed = mixed || s.Mixed
			senders = append(senders, a.m.senders(s.ID)...)
		}
		slices.Sort(senders)
		switch senders = slices.Compact(senders); {
		case mixed || len(senders) > 1:
			a.who[i] = many
		case len(senders) == 1:
			a.who[i] = senders[0]
			if slices.Contains(a.who[:i], senders[0]) {
				a.warn("m-line %d: its sender sends another stream as well", l.Index)
			}
		case len(streams) == 0 && len(a.m.Streams) > 0:
			a.warn("m-line %d: the metadata knows no stream of label %.32q", l.Index, l.Label)
		default:
			a.warn("m-line %d: the metadata names no sender", l.Index)
		}
	}
}

// streams are those of the metadata that a line carries: those of its label or, where no line has a label, the one in
// its place.
func (a *atlas) streams(i int, l Line) []Stream {
	var found []Stream
	for _, s := range a.m.Streams {
		if s.Label == l.Label && l.Label != "" {
			found = append(found, s)
		}
	}
	if len(found) > 1 {
		a.warn("m-line %d: %d streams of the metadata have its label", l.Index, len(found))
	}
	labelled := slices.ContainsFunc(a.lines, func(l Line) bool { return l.Label != "" })
	if !labelled && len(a.m.Streams) == len(a.lines) {
		a.warn("m-line %d has no label: taken for the stream in the same place of the metadata", l.Index)
		found = append(found, a.m.Streams[i])
	}
	return found
}

// caller is the participant who is calling.
func (a *atlas) caller(known string) int {
	if p, ok := a.hinted(); ok {
		return p
	}
	if known != "" {
		if i := slices.IndexFunc(a.m.Participants, func(p Participant) bool { return p.AOR == known }); i >= 0 {
			return i
		}
	}
	first := nobody
	for _, p := range a.who {
		if p >= 0 && (first < 0 || p < first) {
			first = p
		}
	}
	if first < 0 && len(a.m.Participants) > 0 {
		return 0
	}
	return first
}

// hinted is the participant of whom a vendor's extension says, in whatever way, that it is calling.
func (a *atlas) hinted() (int, bool) {
	var yes, rest []int
	for i, p := range a.m.Participants {
		switch p.Calling {
		case Yes:
			yes = append(yes, i)
		case Unknown:
			rest = append(rest, i)
		case No:
		}
	}
	if len(yes) == 0 && len(rest) == 1 && len(a.m.Participants) > 1 {
		yes = rest
	}
	if len(yes) == 1 {
		return yes[0], true
	}
	if p, ok := a.m.named(a.m.Calling); ok {
		return p, true
	}
	if p, ok := a.m.named(a.m.Called); ok && len(a.m.Participants) == 2 {
		return 1 - p, true
	}
	if len(yes)+len(a.m.Calling)+len(a.m.Called) > 0 {
		a.warn("the calling party that the metadata names is not one of its participants, or not one alone")
	}
	return 0, false
}

// nameSides turns participants into sides.
func (a *atlas) nameSides(caller int) {
	known := 0
	for i, p := range a.who {
		switch {
		case p == many:
			a.legs[i].Side = timbre.Mixed
			known++
		case p >= 0:
			a.legs[i].Side, a.legs[i].Party = timbre.Callee, a.m.Participants[p].AOR
			if p == caller {
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
	case len(a.lines) == 1 && len(a.m.Participants) > 1:
		a.warn("one stream and %d participants: taken for a mix", len(a.m.Participants))
	default:
		a.warn("the first audio stream is taken for the caller's")
		a.byOrder()
		a.partiesByOrder(caller)
	}
}

// fill gives the lines without a sender the sides that are left.
func (a *atlas) fill() {
	for i, p := range a.who {
		if p != nobody {
			continue
		}
		for _, side := range []timbre.Side{timbre.Caller, timbre.Callee} {
			if !slices.ContainsFunc(a.legs, func(l timbre.Leg) bool { return l.Side == side }) {
				a.legs[i].Side = side
				break
			}
		}
		a.warn("m-line %d: taken for the %s's because the others are not", a.lines[i].Index, a.legs[i].Side)
	}
}

// byOrder makes the first line the caller's and the second the callee's.
func (a *atlas) byOrder() {
	for i := range a.legs {
		switch i {
		case 0:
			a.legs[i].Side = timbre.Caller
		case 1:
			a.legs[i].Side = timbre.Callee
		default:
			a.legs[i].Side = timbre.Mixed
			a.warn("m-line %d: a third stream, nobody knows whose", a.lines[i].Index)
		}
	}
}

// partiesByOrder gives each line the participant in its place, the caller first.
func (a *atlas) partiesByOrder(caller int) {
	if caller < 0 || len(a.m.Participants) != len(a.legs) {
		return
	}
	order := []int{caller}
	for p := range a.m.Participants {
		if p != caller {
			order = append(order, p)
		}
	}
	for i, p := range order {
		a.legs[i].Party = a.m.Participants[p].AOR
	}
}
