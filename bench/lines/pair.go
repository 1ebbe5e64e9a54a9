package main

import (
	"fmt"
	"os"
)

// Pairs counts enrolments in which two people speak in turn.
type Pairs struct {
	Calls   int            `json:"calls"`
	Made    int            `json:"made"`    // voiceprints
	One     int            `json:"one"`     // of them accept one of the two people in a later call
	Both    int            `json:"both"`    // accept both
	Low     float64        `json:"low"`     // the 95 % interval of the share of made ones
	High    float64        `json:"high"`    //
	Reasons map[string]int `json:"reasons"` // why no voiceprint was made
}

// measurePairs enrols two people who alternate on the caller's leg, and lets both call.
func (b *bench) measurePairs() error {
	s := Pairs{Reasons: map[string]int{}}
	for i := 0; i+1 < len(b.callers); i += 2 {
		one, two := b.callers[i], b.callers[i+1]
		var words [][]int16
		for k := range max(len(one.enrolment), len(two.enrolment)) {
			words = append(words, one.enrolment[k%len(one.enrolment)], two.enrolment[k%len(two.enrolment)])
		}
		t, err := b.print(row{key: "pair", name: "two people"}, words, i)
		if err != nil {
			return err
		}
		s.Calls++
		if t.Voiceprint == nil {
			s.Reasons[reason(t.Message)]++
			continue
		}
		s.Made++
		domain := fmt.Sprint("pair ", i)
		if err := b.addDomain(domain); err != nil {
			return err
		}
		if _, err := b.copyTo(domain, *t.Voiceprint); err != nil {
			return err
		}
		accepted := 0
		for _, who := range []int{i, i + 1} {
			named, err := b.isNamed(who, domain)
			if err != nil {
				return err
			}
			if named {
				accepted++
			}
		}
		switch accepted {
		case 1:
			s.One++
		case 2:
			s.Both++
		}
	}
	s.Low, s.High = interval(s.Made, s.Calls)
	b.report.Pairs = &s
	fmt.Fprintln(os.Stderr, s.line())
	return nil
}
