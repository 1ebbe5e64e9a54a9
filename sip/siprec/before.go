package siprec

import (
	"slices"

	"timbre"
)

// asBefore keeps caller and callee as they are when later metadata lists the parties in another order, or one of them has
// left or been replaced: by their addresses or, if none of them was there before, by their lines.
func (g *mapping) asBefore() (int, bool) {
	if p, ok := g.callerBy(g.sideOfAddress); ok {
		return p, true
	}
	p, ok := g.callerBy(g.sideOfLine)
	if ok {
		g.warn("no address matches the caller so far: the lines keep their sides")
	}
	return p, ok
}

// callerBy is the caller by the sides that participants had: the one that was the caller or, beside the callee, a new one;
// none if the callee is alone. False: they had no side.
func (g *mapping) callerBy(side func(participant int) timbre.Side) (caller int, ok bool) {
	anySender := slices.ContainsFunc(g.senders, func(p int) bool { return p >= 0 })
	caller = none
	for i := range g.m.Participants {
		switch side(i) {
		case timbre.Caller:
			return i, true
		case timbre.Callee:
			ok = true
		case timbre.Mixed:
			if caller == none && (slices.Contains(g.senders, i) || !anySender) {
				caller = i
			}
		}
	}
	return caller, ok
}

// sideOfAddress is the side that a participant's address had; Mixed for none, and for an address that several share.
func (g *mapping) sideOfAddress(i int) timbre.Side {
	address := g.m.Participants[i].AOR
	for j, p := range g.m.Participants {
		if j != i && p.AOR == address {
			return timbre.Mixed
		}
	}
	var sides []timbre.Side
	for _, l := range g.Before {
		if l.Party == address && address != "" {
			sides = append(sides, l.Side)
		}
	}
	if len(slices.Compact(sides)) != 1 {
		return timbre.Mixed
	}
	return sides[0]
}

// sideOfLine is the side that a participant's line had, if the party on it was named; else Mixed.
func (g *mapping) sideOfLine(i int) timbre.Side {
	for j, p := range g.senders {
		before := slices.IndexFunc(g.Before, func(l timbre.Leg) bool { return l.Index == g.lines[j].Index && l.Party != "" })
		if p == i && before >= 0 {
			return g.Before[before].Side
		}
	}
	return timbre.Mixed
}
