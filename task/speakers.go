package task

import (
	"fmt"
	"time"

	"timbre"
)

// leastOfTwo is the least net speech of one of two voices that is searched alone.
const leastOfTwo = 3 * time.Second

// Speakers says who speaks in the audio of a search.
type Speakers struct {
	Larger, Other time.Duration // net speech of the voice that has spoken longest, and of a second one; 0: there is none
	Mixed         bool          // the search is of both
}

// Sought is the audio that a search is of, and its net speech: of two voices, that of the larger one alone; if that is too short, all
// audio. A voiceprint is never made of both.
func Sought(v timbre.Voices, all []float32, net time.Duration) (pcm []float32, of time.Duration, who Speakers) {
	who = Speakers{v.Net, v.Other, v.Other > 0 && v.Net < leastOfTwo}
	if who.Mixed {
		return all, net, who
	}
	return v.PCM, v.Net, who
}

// Message says that a second person speaks, and which voice the search is of; empty if there is one.
func (s Speakers) Message() string {
	if s.Mixed {
		return twoPeople(s.Larger, s.Other) + "; neither can be searched alone, and the search is of both: a match may be of either, or wrong"
	}
	return onlyOf("search", s.Larger, s.Other)
}

// settled says whether one voice has spoken for as long as a search needs.
func (s Speakers) settled() bool { return s.Other == 0 || s.Larger >= ForSearch }

// twoPeople says that a second person speaks on the leg.
func twoPeople(larger, other time.Duration) string {
	return fmt.Sprintf("two people speak on the leg: %s and %s", seconds(larger), seconds(other))
}

// onlyOf says which of two voices a result is of; empty if there is one voice.
func onlyOf(result string, larger, other time.Duration) string {
	if other == 0 {
		return ""
	}
	return fmt.Sprintf("%s; the %s is of the voice of %s alone", twoPeople(larger, other), result, seconds(larger))
}
