package siprec

import (
	"slices"
	"strconv"
	"strings"
)

// byHeader finds the caller by the header of the INVITE that the operator names: label=LABEL or index=NUMBER of an m-line,
// or else the address or number of a participant.
func (g *mapping) byHeader() bool {
	if g.Named == "" {
		return false
	}
	key, value, _ := strings.Cut(g.Named, "=")
	value = strings.TrimSpace(value)
	switch strings.ToLower(strings.TrimSpace(key)) {
	case "label":
		return g.byLine(func(l Line) bool { return l.Label == value && value != "" })
	case "index":
		return g.byLine(func(l Line) bool { return strconv.Itoa(l.Index) == value })
	}
	p, ok := g.m.named([]string{g.Named})
	if !ok {
		g.warn("header %s names none of the participants, or several", g.Header)
		return false
	}
	g.caller = p
	return true
}

// byLine makes the sender on a line the caller.
func (g *mapping) byLine(meant func(Line) bool) bool {
	i := slices.IndexFunc(g.lines, meant)
	if i < 0 || g.senders[i] == several {
		g.warn("header %s names no m-line of one party", g.Header)
		return false
	}
	g.callerLine, g.caller = i, g.senders[i]
	return true
}

// byPattern finds the caller by the operator's patterns of callers' addresses. A single participant that matches none is the
// callee.
func (g *mapping) byPattern() bool {
	if len(g.Callers) == 0 || len(g.m.Participants) == 0 {
		return false
	}
	var found []int
	for i, p := range g.m.Participants {
		if g.isCaller(p.AOR) {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 1:
		g.caller = found[0]
	case len(g.m.Participants) > 1:
		g.warn("the configured address of callers fits %d of the %d participants", len(found), len(g.m.Participants))
		return false
	}
	return true
}

// findCaller finds the caller by the metadata, or by the legs so far.
func (g *mapping) findCaller() {
	for _, find := range []func() (int, bool){g.byExtension, g.asBefore, g.first} {
		if p, ok := find(); ok {
			g.caller = p
			return
		}
	}
}

// byExtension is the participant that a vendor's extension marks or names as the calling party.
func (g *mapping) byExtension() (int, bool) {
	marked := g.marked()
	if len(marked) == 1 {
		return marked[0], true
	}
	if p, ok := g.m.named(g.m.Calling); ok {
		return p, true
	}
	if p, ok := g.m.named(g.m.Called); ok && len(g.m.Participants) == 2 {
		return 1 - p, true
	}
	if len(marked)+len(g.m.Calling)+len(g.m.Called) > 0 {
		g.warn("the calling party named in the metadata is not exactly one of its participants")
	}
	return 0, false
}

// marked are the participants marked as calling or, if none is, the only one of several that is not marked as called.
func (g *mapping) marked() []int {
	var calling, unmarked []int
	for i, p := range g.m.Participants {
		switch p.Calling {
		case Yes:
			calling = append(calling, i)
		case Unknown:
			unmarked = append(unmarked, i)
		case No:
		}
	}
	if len(calling) == 0 && len(unmarked) == 1 && len(g.m.Participants) > 1 {
		return unmarked
	}
	return calling
}

// first is the first participant that sends, or the first of all.
func (g *mapping) first() (int, bool) {
	first := none
	for _, p := range g.senders {
		if p >= 0 && (first < 0 || p < first) {
			first = p
		}
	}
	return max(first, 0), len(g.m.Participants) > 0
}
