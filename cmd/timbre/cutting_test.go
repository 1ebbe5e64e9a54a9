package main

import (
	"testing"
	"time"

	"timbre"
)

// A test of no length would be cut for ever.
func TestLengthsAboveNothingAreDemanded(t *testing.T) {
	second := time.Second
	for name, c := range map[string]cutting{
		"no length":       {Enrol: second, Test: []time.Duration{second, 0}, Pieces: 1},
		"below nothing":   {Enrol: second, Test: []time.Duration{-second}, Pieces: 1},
		"no test":         {Enrol: second, Pieces: 1},
		"no enrolment":    {Test: []time.Duration{second}, Pieces: 1},
		"no piece":        {Enrol: second, Test: []time.Duration{second}},
		"draws below one": {Enrol: second, Test: []time.Duration{second}, Pieces: 1},
	} {
		t.Run(name, func(t *testing.T) {
			if err := (evaluation{cutting: c, Draws: -1}).Run(t.Context()); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v, want Invalid", err)
			}
		})
	}
	if err := (cutting{Enrol: second, Test: []time.Duration{second}, Pieces: 1}).check(); err != nil {
		t.Errorf("got %v", err)
	}
}
