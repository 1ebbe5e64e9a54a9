package main

import (
	"math/rand/v2"
	"time"

	"timbre/bench/line"
)

// disturbance is what is on the caller's leg besides the caller.
type disturbance struct {
	name  string
	apply func(s *line.Scene, r *rand.Rand)
}

var disturbances = []disturbance{
	{"none", func(*line.Scene, *rand.Rand) {}},
	{"both talk all the time", overlapped},
	{"echo at -10 dB", echo(120*time.Millisecond, 10)},
	{"echo at -15 dB", echo(350*time.Millisecond, 15)},
	{"echo at -20 dB", echo(60*time.Millisecond, 20)},
	{"ring-back", func(s *line.Scene, r *rand.Rand) {
		s.Lead(line.RingBacks[r.IntN(len(line.RingBacks))].Ring(18*time.Second, -16))
	}},
	{"music", func(s *line.Scene, r *rand.Rand) { s.Lead(line.Music(20*time.Second, -20, r)) }},
	{"keys pressed all the time", func(s *line.Scene, r *rand.Rand) { line.Keys(s.Caller, -22, r) }},
}

func echo(delay time.Duration, dB float64) func(*line.Scene, *rand.Rand) {
	return func(s *line.Scene, _ *rand.Rand) { s.Echo(delay, dB) }
}

// overlapped lets the agent talk while the caller does, too.
func overlapped(s *line.Scene, _ *rand.Rand) {
	turned := append(append([]float64{}, s.Agent[len(s.Agent)/2:]...), s.Agent[:len(s.Agent)/2]...)
	line.Add(s.Agent, turned)
}
