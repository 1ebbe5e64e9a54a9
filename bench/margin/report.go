package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"timbre"
	"timbre/search"
)

const heading = "margin      EER %  FRR@1%  FRR@0.1%  FRR@P0.9  FAR@P0.9   same  differ  audio/net       trials  FRR@1% more than at 0s, 95 %"

// report prints the row of a margin.
func report(voices []person, m int, margin time.Duration, c search.Calibration) {
	t, p, perNet := compare(voices, m, c)
	name := margin.String()
	if margin == time.Hour {
		name = "all"
	}
	frr, far := p.at(search.DefaultThreshold)
	low, high := difference(voices, m, c)
	fmt.Printf("%-9s %7.2f %7.2f %9.2f %9.2f %9.2f %6.3f %7.3f %10.2f %12s  %+.1f to %+.1f\n", name, 100*t.eer(), 100*t.frr(0.01), 100*t.frr(0.001),
		100*frr, 100*far, mean(t.same), mean(t.different), perNet, fmt.Sprintf("%d/%d", len(t.same), len(t.different)), 100*low, 100*high)
}

// compare scores all tests against all enrolments of the same corpus and round, and returns the scores, their calibrated
// probabilities, and the seconds of audio a second of net speech.
func compare(voices []person, m int, c search.Calibration) (scores, probabilities trials, perNet float64) {
	var audio, net float64
	for _, a := range voices {
		for _, test := range a.tests {
			audio, net = audio+test[m].audio.Seconds(), net+test[m].net.Seconds()
			for _, b := range voices {
				if a.corpus != b.corpus || a.round != b.round || b.enrolled == nil {
					continue
				}
				score := test[m].embedding.dot(b.enrolled[m].embedding)
				scores.add(a.name == b.name, score)
				probabilities.add(a.name == b.name, c.Probability(score, timbre.Voiceprint{Net: test[m].net}, timbre.Voiceprint{Net: b.enrolled[m].net}))
			}
		}
	}
	return scores, probabilities, audio / net
}

// difference is the 95 % bootstrap interval, over 2,000 draws of the speakers, of the false rejection rate at 1 % false
// acceptances minus that of the first margin.
func difference(voices []person, m int, c search.Calibration) (low, high float64) {
	type count struct{ tests, more float64 }
	people := map[string]*count{}
	for _, k := range []struct {
		margin int
		weight float64
	}{{0, -1}, {m, 1}} {
		t, _, _ := compare(voices, k.margin, c)
		threshold := t.threshold(0.01)
		for _, v := range voices {
			if people[v.name] == nil {
				people[v.name] = &count{}
			}
			for _, test := range v.tests {
				people[v.name].tests += 0.5 // each is counted twice
				if test[k.margin].embedding.dot(v.enrolled[k.margin].embedding) < threshold {
					people[v.name].more += k.weight
				}
			}
		}
	}
	names := make([]string, 0, len(people))
	for name := range people {
		names = append(names, name)
	}
	slices.Sort(names)
	r, draws := rand.New(rand.NewPCG(1, 1)), make([]float64, 2000)
	for i := range draws {
		var sum count
		for range names {
			p := people[names[r.IntN(len(names))]]
			sum.tests, sum.more = sum.tests+p.tests, sum.more+p.more
		}
		draws[i] = sum.more / sum.tests
	}
	slices.Sort(draws)
	return draws[len(draws)/40], draws[len(draws)-1-len(draws)/40]
}
