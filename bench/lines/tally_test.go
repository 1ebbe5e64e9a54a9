package main

import (
	"math"
	"testing"
	"time"

	"timbre"
	"timbre/bench/corpus"
)

func TestTallyCountsWhatTheSearchSaid(t *testing.T) {
	var y Tally
	for _, c := range []timbre.Task{
		{Identified: true, Matches: []timbre.Match{{ProfileID: "me"}, {ProfileID: "you"}}},
		{Identified: true, Matches: []timbre.Match{{ProfileID: "you"}, {ProfileID: "me"}}},
		{Identified: true},
		{Message: "the call ended after 9.7 s of speech; 10 s are required"},
		{Message: "the call ended after 3.0 s of speech; 10 s are required"},
	} {
		y.add(c, "me", "msc", 12*time.Second)
	}
	if y.Calls != 5 || y.Right != 1 || y.Wrong != 1 || y.Nobody != 1 || y.Refused != 2 || y.Seconds != 12 {
		t.Errorf("got %+v, want each counted once, and two refused", y)
	}
	if n := y.Reasons["the call ended after N s of speech; N s are required"]; n != 2 {
		t.Errorf("got reasons %v, want one reason twice", y.Reasons)
	}
	if by := y.Corpora["msc"]; *by != (By{5, 1, 1}) {
		t.Errorf("got %+v of the corpus, want all", *by)
	}
}

// The values are those of Wilson's interval without continuity correction.
func TestInterval(t *testing.T) {
	for _, c := range []struct {
		some, all int
		low, high float64
	}{{0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {5, 10, 0.2366, 0.7634}, {0, 0, 0, 1}} {
		low, high := interval(c.some, c.all)
		if math.Abs(low-c.low) > 1e-3 || math.Abs(high-c.high) > 1e-3 {
			t.Errorf("%d of %d: got %.4f to %.4f, want %.4f to %.4f", c.some, c.all, low, high, c.low, c.high)
		}
	}
}

func TestCastKeepsTestsApartFromEnrolment(t *testing.T) {
	second := make([]int16, timbre.SampleRate)
	speaker := func(name string, seconds int) (s corpus.Speaker) {
		s.Name = name
		for range seconds {
			s.Utterances = append(s.Utterances, second)
		}
		return s
	}
	callers, others := assign([]corpus.Speaker{speaker("much", 60), speaker("enough", 40), speaker("little", 30)}, 14*time.Second, 2)
	if len(callers) != 2 || len(others) != 1 || others[0].Name != "little" {
		t.Fatalf("got %d callers and others %v, want two and the one with little speech", len(callers), others)
	}
	for _, p := range callers {
		want := map[string]int{"much": 2, "enough": 1}[p.Name]
		if len(p.tests) != want || len(p.tests[0]) != 14 || len(p.enrolment) != 2*24 {
			t.Errorf("%s: got %d tests and %d utterances of enrolment, want %d tests of 14 and 48", p.Name, len(p.tests), len(p.enrolment), want)
		}
	}
}

func TestRowsHaveKeysOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range keys() {
		if seen[key] {
			t.Errorf("the row %s is there twice", key)
		}
		seen[key] = true
	}
}

func TestLostPacketsLeaveGaps(t *testing.T) {
	l := frames(make([]int16, 5*timbre.FrameSamples), []bool{false, true, true, false})
	if len(l) != 3 || l[1].At != 3*timbre.FrameDuration || l[2].At != 4*timbre.FrameDuration {
		t.Errorf("got %d frames, want the ones at 0, 60 and 80 ms", len(l))
	}
}
