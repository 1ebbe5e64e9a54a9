package siprec

import "slices"

// findSenders finds the participant that sends on each line.
func (g *mapping) findSenders() {
	for i, l := range g.lines {
		if l.Label != "" && slices.ContainsFunc(g.lines[:i], func(o Line) bool { return o.Label == l.Label }) {
			g.warn("m-line %d: another m-line has the same label", l.Index)
			continue
		}
		g.findSender(i, l)
	}
	g.warnOfMissingStreams()
}

func (g *mapping) findSender(i int, l Line) {
	var senders []int
	mixed, streams := false, g.streams(i, l)
	for _, s := range streams {
		mixed = mixed || s.Mixed
		senders = append(senders, g.m.senders(s.ID)...)
	}
	slices.Sort(senders)
	switch senders = slices.Compact(senders); {
	case mixed || len(senders) > 1:
		g.senders[i] = several
	case len(senders) == 0:
		g.warnOfNoSender(l, len(streams) > 0)
	default:
		g.senders[i] = senders[0]
		if slices.Contains(g.senders[:i], senders[0]) {
			g.warn("m-line %d: its sender also sends another stream", l.Index)
		}
	}
}

// warnOfNoSender warns of a line without a sender, if the metadata names streams or senders at all.
func (g *mapping) warnOfNoSender(l Line, hasStream bool) {
	switch {
	case l.Label == "" && !hasStream && len(g.m.Streams) > 0:
		g.warn("m-line %d has no label: its party is unknown", l.Index)
	case !hasStream && len(g.m.Streams) > 0:
		g.warn("m-line %d: no stream in the metadata has label %.32q", l.Index, l.Label)
	case g.m.associated():
		g.warn("m-line %d: the metadata names no sender", l.Index)
	}
}

// warnOfMissingStreams warns of the streams in the metadata that no line carries.
func (g *mapping) warnOfMissingStreams() {
	for _, s := range g.m.Streams {
		if s.Label != "" && g.labelled() && !slices.ContainsFunc(g.lines, func(l Line) bool { return l.Label == s.Label }) {
			g.warn("no audio is received for the stream with label %.32q in the metadata", s.Label)
		}
	}
}

// streams are those of the metadata that a line carries: those with its label or, if no line has a label, the one in its
// position.
func (g *mapping) streams(i int, l Line) []Stream {
	var found []Stream
	for _, s := range g.m.Streams {
		if s.on(l) {
			found = append(found, s)
		}
	}
	switch {
	case len(found) > 1:
		g.warn("m-line %d: %d streams in the metadata have its label", l.Index, len(found))
	case len(found) == 0 && !g.labelled() && len(g.m.Streams) == len(g.lines) && g.m.Streams[i].line == nil:
		g.warn("m-line %d has no label: assumed to be the stream in the same position of the metadata", l.Index)
		found = append(found, g.m.Streams[i])
	}
	return found
}

// on reports whether a line carries the stream, by its index or by its label.
func (s Stream) on(l Line) bool {
	if s.line != nil {
		return *s.line == l.Index || *s.line == everyLine
	}
	return s.Label == l.Label && l.Label != ""
}

func (g *mapping) labelled() bool {
	return slices.ContainsFunc(g.lines, func(l Line) bool { return l.Label != "" })
}
