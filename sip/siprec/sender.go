package siprec

import "slices"

// findSenders looks up who sends on each line.
func (a *atlas) findSenders() {
	for i, l := range a.lines {
		if l.Label != "" && slices.ContainsFunc(a.lines[:i], func(o Line) bool { return o.Label == l.Label }) {
			a.warn("m-line %d: another m-line has its label as well", l.Index)
			continue
		}
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
		case l.Label == "" && len(streams) == 0 && len(a.m.Streams) > 0:
			a.warn("m-line %d has no label, and nothing tells whose it is", l.Index)
		case len(streams) == 0 && len(a.m.Streams) > 0:
			a.warn("m-line %d: the metadata knows no stream of label %.32q", l.Index, l.Label)
		case a.m.associated():
			a.warn("m-line %d: the metadata names no sender", l.Index)
		}
	}
	for _, s := range a.m.Streams {
		if s.Label != "" && a.labelled() && !slices.ContainsFunc(a.lines, func(l Line) bool { return l.Label == s.Label }) {
			a.warn("no audio is received of the stream of label %.32q that the metadata names", s.Label)
		}
	}
}

// streams are those of the metadata that a line carries: those of its label or, where no line has a label, the one in
// its place.
func (a *atlas) streams(i int, l Line) []Stream {
	var found []Stream
	for _, s := range a.m.Streams {
		if s.line != nil && (*s.line == l.Index || *s.line == everyLine) || s.line == nil && s.Label == l.Label && l.Label != "" {
			found = append(found, s)
		}
	}
	switch {
	case len(found) > 1:
		a.warn("m-line %d: %d streams of the metadata have its label", l.Index, len(found))
	case len(found) == 0 && !a.labelled() && len(a.m.Streams) == len(a.lines) && a.m.Streams[i].line == nil:
		a.warn("m-line %d has no label: taken for the stream in the same place of the metadata", l.Index)
		found = append(found, a.m.Streams[i])
	}
	return found
}

func (a *atlas) labelled() bool {
	return slices.ContainsFunc(a.lines, func(l Line) bool { return l.Label != "" })
}
