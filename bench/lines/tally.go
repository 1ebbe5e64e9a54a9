package main

import (
	"math"
	"regexp"
	"time"

	"timbre"
)

// Tally counts the calls of a row by the result of the search.
type Tally struct {
	Name    string         `json:"name"`
	Calls   int            `json:"calls"`
	Right   int            `json:"right"`   // the caller is named first
	Wrong   int            `json:"wrong"`   // somebody else is
	Nobody  int            `json:"nobody"`  // no profile is close enough
	Refused int            `json:"refused"` // with a reason
	Low     float64        `json:"low"`     // the 95 % interval of the share of right ones
	High    float64        `json:"high"`
	Seconds float64        `json:"seconds"` // from the caller's first word to the right name, mean
	Reasons map[string]int `json:"reasons,omitempty"`
	Corpora map[string]*By `json:"corpora,omitempty"`

	waited time.Duration
}

// By is the part of a tally that is of one corpus.
type By struct {
	Calls int `json:"calls"`
	Right int `json:"right"`
	Wrong int `json:"wrong"`
}

// add counts a call: the task as it ended, whose profile the caller has, and when the name came after the caller's first word.
func (y *Tally) add(t timbre.Task, profile, corpus string, after time.Duration) {
	if y.Reasons == nil {
		y.Reasons, y.Corpora = map[string]int{}, map[string]*By{}
	}
	if y.Corpora[corpus] == nil {
		y.Corpora[corpus] = &By{}
	}
	by := y.Corpora[corpus]
	y.Calls++
	by.Calls++
	switch {
	case !t.Identified:
		y.Refused++
		y.Reasons[reason(t.Message)]++
	case len(t.Matches) == 0:
		y.Nobody++
	case t.Matches[0].ProfileID == profile:
		y.Right++
		by.Right++
		y.waited += after
		y.Seconds = y.waited.Seconds() / float64(y.Right)
	default:
		y.Wrong++
		by.Wrong++
	}
	y.Low, y.High = interval(y.Right, y.Calls)
}

var figures = regexp.MustCompile(`\d+(\.\d+)?`)

// reason is a message without its figures, so that equal ones are counted together.
func reason(message string) string { return figures.ReplaceAllString(message, "N") }

// interval is Wilson's 95 % interval of a share.
func interval(some, all int) (low, high float64) {
	if all == 0 {
		return 0, 1
	}
	const z = 1.96
	n, p := float64(all), float64(some)/float64(all)
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, middle-half), min(1, middle+half)
}
