package siprec

import (
	"slices"
	"strconv"
	"strings"

	"timbre"
)

// byHeader takes the operator's word in a header of the INVITE: label=LABEL or index=NUMBER of an m-line, or else an
// address or a number of a participant.
func (a *atlas) byHeader() bool {
	if a.Named == "" {
		return false
	}
	key, value, _ := strings.Cut(a.Named, "=")
	value = strings.TrimSpace(value)
	var line int
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "label":
		line = slices.IndexFunc(a.lines, func(l Line) bool { return l.Label == value && value != "" })
	case "index":
		line = slices.IndexFunc(a.lines, func(l Line) bool { return strconv.Itoa(l.Index) == value })
	default:
		p, ok := a.m.named([]string{a.Named})
		if ok {
			a.caller = p
		} else {
			a.warn("the header %s names none of the participants, or several", a.Header)
		}
		return ok
	}
	if line < 0 || a.who[line] == many {
		a.warn("the header %s names no m-line of one party", a.Header)
		return false
	}
	a.line, a.caller = line, a.who[line]
	return true
}

// byPattern takes the participant whose address looks like that of a caller. A participant who is alone, and does not, is
// the callee.
func (a *atlas) byPattern() bool {
	if len(a.Callers) == 0 || len(a.m.Participants) == 0 {
		return false
	}
	var found []int
	for i, p := range a.m.Participants {
		if a.calls(p.AOR) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		a.caller = found[0]
	case len(a.m.Participants) > 1:
		a.warn("the address of a caller, as it is set, fits %d of the %d participants", len(found), len(a.m.Participants))
		return false
	}
	return true
}

// findCaller finds who is calling by what the metadata says, or by who it was so far.
func (a *atlas) findCaller() {
	for _, find := range []func() (int, bool){a.hinted, a.asBefore, a.first} {
		if p, ok := find(); ok {
			a.caller = p
			return
		}
	}
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

// asBefore keeps the caller the caller, and the callee the callee, when later metadata lists the parties in another order,
// or one of them has left or been replaced: by their addresses or, where none of those was there before, by their lines.
func (a *atlas) asBefore() (int, bool) {
	if p, ok := a.keeping(a.sideOfAddress); ok {
		return p, true
	}
	p, ok := a.keeping(a.sideOfLine)
	if ok {
		a.warn("no address tells who was the caller so far: the lines keep their sides")
	}
	return p, ok
}

// keeping is the caller by the sides that the participants had: the caller so far or, beside the callee, whoever is new;
// nobody when the callee is alone. False: they had none.
func (a *atlas) keeping(side func(participant int) timbre.Side) (caller int, ok bool) {
	named := slices.ContainsFunc(a.who, func(p int) bool { return p >= 0 })
	caller = nobody
	for i := range a.m.Participants {
		switch side(i) {
		case timbre.Caller:
			return i, true
		case timbre.Callee:
			ok = true
		case timbre.Mixed:
			if caller == nobody && (slices.Contains(a.who, i) || !named) {
				caller = i
			}
		}
	}
	return caller, ok
}

// sideOfAddress is the side that a participant's address had; Mixed for none, and for one that several share.
func (a *atlas) sideOfAddress(i int) timbre.Side {
	address := a.m.Participants[i].AOR
	for j, p := range a.m.Participants {
		if j != i && p.AOR == address {
			return timbre.Mixed
		}
	}
	var sides []timbre.Side
	for _, l := range a.Before {
		if l.Party == address && address != "" {
			sides = append(sides, l.Side)
		}
	}
	if len(slices.Compact(sides)) != 1 {
		return timbre.Mixed
	}
	return sides[0]
}

// sideOfLine is the side that the line which a participant sends on had, if it was a party's that was named; else Mixed.
func (a *atlas) sideOfLine(i int) timbre.Side {
	for j, p := range a.who {
		before := slices.IndexFunc(a.Before, func(l timbre.Leg) bool { return l.Index == a.lines[j].Index && l.Party != "" })
		if p == i && before >= 0 {
			return a.Before[before].Side
		}
	}
	return timbre.Mixed
}

// first is the first participant who sends, or the first of all.
func (a *atlas) first() (int, bool) {
	first := nobody
	for _, p := range a.who {
		if p >= 0 && (first < 0 || p < first) {
			first = p
		}
	}
	if first < 0 {
		first = 0
	}
	return first, len(a.m.Participants) > 0
}
