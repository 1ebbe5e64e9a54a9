package environment

import (
	"math"
	"slices"
	"time"
)

// The ends of time, in nanoseconds since 1970.
var (
	Ever  = time.Unix(0, math.MinInt64)
	Never = time.Unix(0, math.MaxInt64)
)

// maxSpans bounds how many spans are told apart.
const maxSpans = 8

// Span is the times later than After until Until, which is included.
type Span struct{ After, Until time.Time }

// Has reports whether a span has a time.
func (s Span) Has(t time.Time) bool { return t.After(s.After) && !t.After(s.Until) }

// between returns the spans between those that are given, which may overlap: the first ends with the first of them. If there are many,
// the shortest are left out.
func between(taken []Span) (free []Span) {
	slices.SortFunc(taken, func(a, b Span) int { return a.After.Compare(b.After) })
	end := Ever
	for _, t := range taken {
		if t.After.After(end) {
			free = append(free, Span{end, t.After})
		}
		if until := t.Until.Add(tolerance); until.After(end) {
			end = until
		}
	}
	if end.Before(Never) {
		free = append(free, Span{end, Never})
	}
	if len(free) == 0 {
		return []Span{{Ever, Ever}}
	}
	for len(free) > maxSpans { // never the first, which is the past
		shortest := 1
		for i := range free[1:] {
			if length(free[i+1]) < length(free[shortest]) {
				shortest = i + 1
			}
		}
		free = slices.Delete(free, shortest, shortest+1)
	}
	return free
}

// length is that of a span, for comparison: a duration does not hold the length of all time.
func length(s Span) float64 {
	return float64(s.Until.UnixNano()) - float64(s.After.UnixNano())
}
