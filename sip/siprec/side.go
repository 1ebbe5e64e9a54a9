package siprec

import (
	"slices"

	"timbre"
)

// assignSides gives the lines with senders their sides and parties, and then the others theirs.
func (g *mapping) assignSides() {
	known := 0
	for i, p := range g.senders {
		if p == none {
			continue
		}
		known++
		if p >= 0 {
			g.legs[i].Side, g.legs[i].Party = g.sideOf(p), g.m.Participants[p].AOR
		}
	}
	switch {
	case known == len(g.senders):
	case known > 0 && slices.Contains(g.senders, several):
		g.warn("streams without a sender are assumed to be mixed, like another one")
	case known > 0:
		g.assignRest()
		g.warnOfAssumptions()
	case len(g.lines) == 1 && len(g.m.Participants) > 1 && g.callerLine < 0:
		g.warn("one stream and %d participants: assumed to be a mix", len(g.m.Participants))
	default:
		g.assignByOrder("no sender is named")
		g.partiesByOrder()
	}
}

// sideOf is the side of a participant.
func (g *mapping) sideOf(participant int) timbre.Side {
	if participant == g.caller {
		return timbre.Caller
	}
	return timbre.Callee
}

// warnOfAssumptions warns of each line whose side neither a sender nor a rule says.
func (g *mapping) warnOfAssumptions() {
	for i, p := range g.senders {
		if p == none && g.legs[i].Side != timbre.Mixed && i != g.callerLine {
			g.warn("m-line %d: assumed to be the %s's", g.lines[i].Index, g.legs[i].Side)
		}
	}
}

// assignByOrder makes the first line the caller's and the second the callee's, unless the lines had other sides before.
func (g *mapping) assignByOrder(why string) {
	if g.callerLine < 0 {
		g.warn("%s: the first audio stream is assumed to be the caller's", why)
	}
	g.assignRest()
}

// assignRest gives the lines without a sender their sides: the one that a rule says, those so far, and then those that are
// left.
func (g *mapping) assignRest() {
	if g.callerLine >= 0 && g.senders[g.callerLine] == none {
		g.legs[g.callerLine].Side = timbre.Caller
	}
	for i := range g.legs {
		g.assignBefore(i)
	}
	for i := range g.legs {
		for _, side := range []timbre.Side{timbre.Caller, timbre.Callee} {
			if g.unassigned(i) && g.free(side) {
				g.legs[i].Side = side
			}
		}
		if g.unassigned(i) {
			g.warn("m-line %d: one stream too many, its party is unknown", g.lines[i].Index)
		}
	}
}

// assignBefore gives a line the side that it had. Several lines may be the callee's, and one the caller's.
func (g *mapping) assignBefore(i int) {
	before := slices.IndexFunc(g.Before, func(l timbre.Leg) bool { return l.Index == g.legs[i].Index })
	if before < 0 || !g.unassigned(i) {
		return
	}
	if side := g.Before[before].Side; side == timbre.Callee || g.free(side) {
		g.legs[i].Side = side
	}
}

// unassigned reports whether a line has no side yet.
func (g *mapping) unassigned(i int) bool {
	return g.senders[i] == none && g.legs[i].Side == timbre.Mixed
}

// free reports whether no line has a side yet.
func (g *mapping) free(s timbre.Side) bool {
	return !slices.ContainsFunc(g.legs, func(l timbre.Leg) bool { return l.Side == s })
}

// partiesByOrder gives each line the participant in its position, and the caller to the caller's line.
func (g *mapping) partiesByOrder() {
	if n := len(g.m.Participants); n == 0 || n != len(g.legs) {
		return
	}
	rest := slices.DeleteFunc(slices.Clone(g.m.Participants), func(p Participant) bool { return g.caller >= 0 && p.ID == g.m.Participants[g.caller].ID })
	for i := range g.legs {
		switch {
		case g.caller >= 0 && g.legs[i].Side == timbre.Caller:
			g.legs[i].Party = g.m.Participants[g.caller].AOR
		case len(rest) > 0:
			g.legs[i].Party, rest = rest[0].AOR, rest[1:]
		}
	}
}
