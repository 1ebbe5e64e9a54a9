// Package trial reads what to evaluate: lists of trials, folders with one sub-folder a person, and indexed corpora. File names and
// conditions go out; it opens no recording.
package trial

import (
	"strings"

	"timbre"
)

// Trial is one comparison of an enrolment with a test recording.
type Trial struct {
	Enrol      []string // the recordings of the enrolment, in order
	Test       string
	Target     bool              // both are one person
	Profile    string            // who is enrolled
	Caller     string            // who is heard in the test
	Conditions map[string]string // codec, snr, seconds, set, sex, language, or any other column
}

// enrolment is the key of an enrolment.
func (t Trial) enrolment() string { return strings.Join(t.Enrol, ";") }

// nameAll names the people of trials that do not say who they are: recordings that target trials connect are one person. It is an
// error if the names contradict the labels.
func nameAll(trials []Trial) error {
	p := people{}
	for _, t := range trials {
		if t.Target {
			p.join("enrol "+t.enrolment(), "test "+t.Test)
		}
	}
	for i := range trials {
		t := &trials[i]
		if t.Profile == "" {
			t.Profile = p.find("enrol " + t.enrolment())
		}
		if t.Caller == "" {
			t.Caller = p.find("test " + t.Test)
		}
		if t.Target != (t.Profile == t.Caller) {
			is := map[bool]string{true: "one person", false: "two people"}
			return timbre.Errorf(timbre.Invalid, "", "the trial of %s and %s is labelled as of %s, but by the other trials or by its names they are %s",
				t.enrolment(), t.Test, is[t.Target], is[!t.Target])
		}
	}
	return nil
}

// people is a forest of recordings: those of one tree are of one person.
type people map[string]string

func (p people) find(x string) string {
	root := x
	for p[root] != "" {
		root = p[root]
	}
	for x != root { // so that long chains are walked once
		x, p[x] = p[x], root
	}
	return root
}

func (p people) join(a, b string) {
	if a, b = p.find(a), p.find(b); a != b {
		p[max(a, b)] = min(a, b)
	}
}
