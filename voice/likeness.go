package voice

import (
	"slices"

	"timbre"
)

// LeastUnity is that of one voice: below it, two people take turns. Measured by bench/voices.
const LeastUnity = 0.025

// clearUnity is more than the unity that so many segments that touch have where all segments are below LeastUnity. Measured by bench/voices: the
// fewer there are, the more chance is in it.
func clearUnity(touch int) float64 { return LeastUnity + 0.3/float64(touch) }

// leastSegments is how many segments tell whether one voice or two speak.
const leastSegments = 8

// touching is how many segments later the one begins that a segment touches.
const touching = int(segment / step)

// ownShare is how much of the likeness within the groups is taken off that between voices.
const ownShare = 0.75

// Clear says whether the segments that touch are so alike that one voice speaks for sure. Those in between are not needed then.
func Clear(segments []timbre.Embedding) bool {
	e := make([]timbre.Embedding, 0, len(segments)/touching+1)
	for i := 0; i < len(segments); i += touching {
		e = append(e, segments[i])
	}
	return unity(e, divide(e), 1) >= clearUnity(len(e))
}

// unity says how much segments of speech sound like one voice: how alike those are that two people would have spoken, less a share of
// how alike those are that one has in any case. Noise on the line lowers both. A segment touches the one that is next later.
func unity(e []timbre.Embedding, d division, next int) float64 {
	between, within := d.alike(e, next)
	return (likeness(e, next)+between)/2 - ownShare*within
}

// likeness says how alike segments of speech are to those that follow: the mean cosine of the least alike third. A voice may change
// slowly, as a line and a mood do; another person changes it from one segment to the next.
func likeness(e []timbre.Embedding, next int) float64 {
	var pairs []float64
	for i := next; i < len(e); i++ {
		pairs = append(pairs, dot(e[i-next], e[i]))
	}
	slices.Sort(pairs)
	return mean(pairs[:max(1, len(pairs)/3)])
}

// alike says how alike the segments of different groups are, and those of one: the mean cosines of segments without common audio. With
// no such segments, they are alike.
func (d division) alike(e []timbre.Embedding, next int) (between, within float64) {
	var apart, together []float64
	for i := range e {
		for k := i + next; k < len(e); k++ {
			if c := dot(e[i], e[k]); d.second[i] == d.second[k] {
				together = append(together, c)
			} else {
				apart = append(apart, c)
			}
		}
	}
	return mean(apart), mean(together)
}

// mean is 1 for no values.
func mean(values []float64) (m float64) {
	if len(values) == 0 {
		return 1
	}
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}
