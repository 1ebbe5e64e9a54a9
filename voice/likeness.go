package voice

import (
	"slices"

	"timbre"
)

// LeastUnity is that of one voice: below it, two people take turns. Measured by bench/voices.
const LeastUnity = 0.025

// leastSegments is how many segments tell whether one voice or two speak.
const leastSegments = 8

// touching is how many segments later the one begins that a segment touches.
const touching = int(segment / step)

// ownShare is how much of the likeness within the groups is taken off that between voices.
const ownShare = 0.75

// unity says how much segments of speech sound like one voice: how alike those are that two people would have spoken, less a share of
// how alike those are that one has in any case. Noise on the line lowers both.
func unity(e []timbre.Embedding, d division) float64 {
	between, within := d.alike(e)
	return (likeness(e)+between)/2 - ownShare*within
}

// likeness says how alike segments of speech are to those that follow: the mean cosine of the least alike third. A voice may change
// slowly, as a line and a mood do; another person changes it from one segment to the next.
func likeness(e []timbre.Embedding) float64 {
	var pairs []float64
	for i := touching; i < len(e); i++ {
		pairs = append(pairs, dot(e[i-touching], e[i]))
	}
	slices.Sort(pairs)
	return mean(pairs[:max(1, len(pairs)/3)])
}

// alike says how alike the segments of different groups are, and those of one: the mean cosines of segments without common audio. With
// no such segments, they are alike.
func (d division) alike(e []timbre.Embedding) (between, within float64) {
	var apart, together []float64
	for i := range e {
		for k := i + touching; k < len(e); k++ {
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
