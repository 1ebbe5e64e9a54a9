package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"timbre"
	"timbre/search"
	"timbre/speech"
)

// network loses a share of packets of 20 ms, in bursts of a mean length.
type network struct{ loss, run float64 }

var networks = []network{{0.01, 1}, {0.03, 1}, {0.05, 1}, {0.1, 1}, {0.05, 3}, {0.1, 3}}

// losses says which of n packets are lost.
func (w network) losses(n int, who string) []bool {
	r, lost, losing := seed(who, fmt.Sprint(w)), make([]bool, n), false
	for i := range lost {
		if losing {
			losing = r.Float64() >= 1/w.run
		} else {
			losing = r.Float64() < w.loss/(1-w.loss)/w.run
		}
		lost[i] = losing
	}
	return lost
}

// concealment is what replaces a lost packet.
type concealment uint8

const (
	asSilence concealment = iota // silence
	asGap                        // media time jumps, and the detector joins what is on either side
	asGuess                      // concealment by the codec or by pitch repetition
	asCopy                       // the copy in the next packet (FEC), else silence
	concealmentCount
)

var concealmentNames = [concealmentCount]string{"silence", "nothing", "made up", "spare copy"}

// outcome sums up the tests of a codec, network and concealment.
type outcome struct {
	n                          int
	near, worst, change, known float64
}

// measureLosses prints the cosine similarity of the embedding with lost packets and the one without, how the loss changes the
// similarity with the enrolment, and how many speakers are recognised.
func (l lab) measureLosses(ctx context.Context, speakers []speaker, c search.Calibration) error {
	fmt.Printf("%-24s %-6s %-4s %-11s %6s %8s %8s %8s %11s\n", "codec", "loss", "run", "filling", "tests", "cosine", "worst", "change", "recognised")
	for _, line := range coders {
		results := map[network]*[concealmentCount]outcome{}
		for _, p := range speakers {
			if err := l.loseOf(ctx, p, line, c, results); err != nil {
				return err
			}
		}
		for _, w := range append([]network{{}}, networks...) {
			for how, o := range results[w] {
				if o.n > 0 {
					n := float64(o.n)
					fmt.Printf("%-24s %4.0f %% %4.0f %-11s %6d %8.4f %8.4f %+8.4f %9.1f %%\n", line.name, 100*w.loss, w.run, concealmentNames[how], o.n,
						o.near/n, o.worst, o.change/n, 100*o.known/n)
				}
			}
		}
	}
	return nil
}

// lose sends the test of a speaker through a codec, with every network and concealment.
func (l lab) loseOf(ctx context.Context, p speaker, line coder, c search.Calibration, results map[network]*[concealmentCount]outcome) error {
	first, rest := splitOff(p.utterances, enrolment+4*time.Second)
	some, _ := splitOff(rest, testing+2*time.Second)
	enrolled, net, err := l.voiced(lines[0].leg(first, false, seed(p.name)), enrolment)
	if err != nil || net < enrolment*8/10 {
		return err
	}
	mine, err := l.speaker.Wave(ctx, enrolled)
	if err != nil {
		return err
	}
	packets, err := line.encode(doubleRate(lines[0].leg(some, true, seed(p.name, "test"))))
	if err != nil {
		return err
	}
	whole, heard, err := l.embed(ctx, line, packets, make([]bool, len(packets)), asSilence)
	if err != nil || heard < testing/2 {
		return err
	}
	for _, w := range append([]network{{}}, networks...) {
		lost := w.losses(len(packets), p.name)
		for _, how := range line.concealments {
			if w == (network{}) && how != asSilence {
				continue
			}
			v, n, err := l.embed(ctx, line, packets, lost, how)
			if err != nil {
				return err
			}
			if results[w] == nil {
				results[w] = &[concealmentCount]outcome{}
			}
			o := &results[w][how]
			if o.n++; o.n == 1 {
				o.worst = 1
			}
			near := v.dot(whole)
			o.near, o.worst, o.change = o.near+near, math.Min(o.worst, near), o.change+v.dot(mine)-whole.dot(mine)
			if c.Probability(v.dot(mine), timbre.Voiceprint{Net: n}, timbre.Voiceprint{Net: net}) >= search.DefaultThreshold {
				o.known++
			}
		}
	}
	return nil
}

// embed is the embedding of the voiced audio of packets.
func (l lab) embed(ctx context.Context, line coder, packets [][]byte, lost []bool, how concealment) (vector, time.Duration, error) {
	frames, err := line.decode(packets, lost, how)
	if err != nil {
		return nil, 0, err
	}
	var audio []float32
	var net time.Duration
	d := speech.NewDetector(l.vad, func(s timbre.Speech) { net, audio = s.Net, timbre.Wave(audio, s.PCM) })
	for _, f := range frames {
		d.Frame(f)
	}
	d.Flush()
	if d.Err() != nil {
		return nil, 0, d.Err()
	}
	v, err := l.speaker.Wave(ctx, audio)
	return v, net, err
}
