package voice

import (
	"slices"

	"timbre"
)

// leastLikeness is that of one voice with a number of segments: below it, two people take turns. With few segments, the least alike
// ones are less alike by chance. Measured by bench/voices.
func leastLikeness(segments int) float64 { return 0.52 - 0.5/float64(max(1, segments-touching)) }

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
