package main

import (
	"fmt"
	"time"

	"timbre/search"
)

const heading = "margin      EER %  FRR@1%  FRR@0.1%  FRR@P0.9  FAR@P0.9   same  differ  audio/net  trials"

// report prints the line of one margin: everyone's tests against everyone's enrolment of the same corpus and round.
func report(voices []voice, m int, margin time.Duration, c search.Calibration) {
	var t, p trials // scores, and calibrated probabilities
	var audio, net float64
	for _, a := range voices {
		for _, test := range a.tests {
			audio, net = audio+test[m].audio.Seconds(), net+test[m].net.Seconds()
			for _, b := range voices {
				if a.corpus != b.corpus || a.round != b.round || b.enrolled == nil {
					continue
				}
				score := test[m].embedding.dot(b.enrolled[m].embedding)
				t.add(a.name == b.name, score)
				p.add(a.name == b.name, c.Probability(score, test[m].net, b.enrolled[m].net))
			}
		}
	}
	name := margin.String()
	if margin == time.Hour {
		name = "all"
	}
	frr, far := p.at(search.DefaultThreshold)
	fmt.Printf("%-9s %7.2f %7.2f %9.2f %9.2f %9.2f %6.3f %7.3f %10.2f  %d/%d\n", name, 100*t.eer(), 100*t.frr(0.01), 100*t.frr(0.001),
		100*frr, 100*far, mean(t.same), mean(t.different), audio/net, len(t.same), len(t.different))
}
