package main

import (
	"slices"
	"time"

	"timbre/bench/corpus"
	"timbre/bench/line"
)

// person is a speaker with something to say on two occasions.
type person struct {
	corpus.Speaker
	enrolment [][]int16   // the oldest utterances
	tests     [][][]int16 // of later calls, the newest first
	profile   string
	print     voiceprint
}

// enrolmentLength is what a person says to be enrolled, about 20 s of net speech, and once more until the voiceprint is made.
const enrolmentLength = 24 * time.Second

// assign splits the speakers into callers, at most rounds times each and with a length of speech, and those who have recorded too
// little, who lend their voices to announcements.
func assign(speakers []corpus.Speaker, length time.Duration, rounds int) (callers []*person, others []corpus.Speaker) {
	for _, s := range speakers {
		p := &person{Speaker: s}
		var rest [][]int16
		p.enrolment, rest = corpus.SplitOff(s.Utterances, enrolmentLength)
		p.enrolment = slices.Repeat(p.enrolment, 2)
		slices.Reverse(rest)
		for len(p.tests) < rounds {
			var some [][]int16
			if some, rest = corpus.SplitOff(rest, length); rest == nil {
				break
			}
			p.tests = append(p.tests, some)
		}
		if p.tests == nil {
			others = append(others, s)
		} else {
			callers = append(callers, p)
		}
	}
	line.Seed("order").Shuffle(len(callers), func(i, k int) { callers[i], callers[k] = callers[k], callers[i] })
	if len(others) == 0 && len(callers) > 0 { // somebody must speak the announcement
		others, callers = append(others, callers[len(callers)-1].Speaker), callers[:len(callers)-1]
	}
	return callers, others
}
