package voice

import (
	"slices"

	"timbre"
)

// LeastLikeness is that of one voice: below it, two people take turns. Measured by bench/voices.
const LeastLikeness = 0.48

// touching is how many segments later the one begins that a segment touches.
const touching = int(segment / step)

// likeness says how alike segments of speech are to those that follow: the mean cosine of the least alike fifth. A voice may change
// slowly, as a line and a mood do; another person changes it from one segment to the next.
func likeness(e []timbre.Embedding) (mean float64) {
	var pairs []float64
	for i := touching; i < len(e); i++ {
		pairs = append(pairs, dot(e[i-touching], e[i]))
	}
	slices.Sort(pairs)
	least := pairs[:max(1, len(pairs)/5)]
	for _, c := range least {
		mean += c / float64(len(least))
	}
	return mean
}
