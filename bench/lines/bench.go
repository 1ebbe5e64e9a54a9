package main

import (
	"fmt"
	"os"

	"timbre"
	"timbre/bench/line"
)

// voiceprint is what an enrolment made.
type voiceprint = timbre.Voiceprint

// bench is a run.
type bench struct {
	*product
	callers      []*person
	announcement [][]int16
	rounds       int
	report       Report
}

// enrolmentKey is the connector of enrolments.
const enrolmentKey = "enrolment"

// The domain of all people, and the empty one that is searched while they are enrolled.
const (
	everybody = "everybody"
	nobody    = "nobody"
)

// agent is who a person speaks with: another one, whose own enrolment is what the agent says.
func (b *bench) agent(i int) [][]int16 { return b.other(i, 1).Utterances }

func (b *bench) other(i, n int) *person { return b.callers[(i+n)%len(b.callers)] }

// cues are those of a person's call.
func (b *bench) cues(r row, i, round int) cues {
	who := fmt.Sprint(b.callers[i].Name, " ", r.key, " ", round)
	c := cues{who: who, random: line.Seed(who), announcement: b.announcement}
	for n := range 3 {
		c.people = append(c.people, b.other(i, 2+n).Utterances[:min(8, len(b.other(i, 2+n).Utterances))])
	}
	return c
}

func identified(t timbre.Task) bool { return t.Identified }

func voiceprinted(t timbre.Task) bool { return t.VoiceprintStatus != "" }

// enrolAll enrols everybody by a call on a clean line, and leaves out those who cannot be.
func (b *bench) enrolAll() error {
	clean := rows[0]
	b.report.Enrolment.Reasons = map[string]int{}
	for _, id := range []string{enrolmentKey, strangersKey} {
		if err := b.addConnector(id); err != nil {
			return err
		}
	}
	for _, id := range []string{everybody, nobody} {
		if err := b.addDomain(id); err != nil {
			return err
		}
	}
	var enrolled []*person
	for i, p := range b.callers {
		t, err := b.print(clean, p.enrolment, i)
		if err != nil {
			return err
		}
		b.report.Enrolment.People++
		if t.Voiceprint == nil {
			b.report.Enrolment.Reasons[reason(t.Message)]++
			continue
		}
		b.report.Enrolment.Made++
		b.report.Model = t.Voiceprint.Model
		p.print = *t.Voiceprint
		if p.profile, err = b.copyTo(everybody, p.print); err != nil {
			return err
		}
		enrolled = append(enrolled, p)
	}
	b.callers = enrolled
	fmt.Fprintln(os.Stderr, b.report.Enrolment.line())
	return nil
}

// print makes a voiceprint in a call, and returns the task as it was saved.
func (b *bench) print(r row, words [][]int16, i int) (timbre.Task, error) {
	caller, agent, _, err := r.legs(words, b.agent(i), b.cues(r, i, -1))
	if err != nil {
		return timbre.Task{}, err
	}
	t, _, err := b.call(b.callers[i].Name, enrolmentKey, nobody, caller, agent, voiceprinted)
	return t, err
}

// measure places the calls of a row.
func (b *bench) measure(r row) error {
	if err := b.addConnector(r.key); err != nil {
		return err
	}
	y := Tally{Name: r.name}
	for round := range b.rounds {
		for i, p := range b.callers {
			if round >= len(p.tests) {
				continue
			}
			caller, agent, start, err := r.legs(p.tests[round], b.agent(i), b.cues(r, i, round))
			if err != nil {
				return err
			}
			t, at, err := b.call(p.Name, r.key, everybody, caller, agent, identified)
			if err != nil {
				return err
			}
			y.add(t, p.profile, p.Corpus, at-start)
		}
	}
	b.report.Rows = append(b.report.Rows, y)
	fmt.Fprintln(os.Stderr, y.line())
	return nil
}
