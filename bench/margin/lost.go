package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/search"
	"timbre/speech"
)

// outcome sums up the tests of a codec, network and concealment.
type outcome struct {
	n                          int
	near, worst, change, known float64
}

// measureLosses prints the cosine similarity of the embedding with lost packets and the one without, how the loss changes the
// similarity with the enrolment, and how many speakers are recognised.
func (l lab) measureLosses(ctx context.Context, speakers []corpus.Speaker, c search.Calibration) error {
	fmt.Printf("%-24s %-6s %-4s %-11s %6s %8s %8s %8s %11s\n", "codec", "loss", "run", "filling", "tests", "cosine", "worst", "change", "recognised")
	for _, k := range line.Coders {
		results := map[line.Network]*[line.ConcealmentCount]outcome{}
		for _, p := range speakers {
			if err := l.loseOf(ctx, p, k, c, results); err != nil {
				return err
			}
		}
		for _, w := range append([]line.Network{{}}, line.Networks...) {
			for how, o := range results[w] {
				if o.n > 0 {
					n := float64(o.n)
					fmt.Printf("%-24s %4.0f %% %4.0f %-11s %6d %8.4f %8.4f %+8.4f %9.1f %%\n", k.Name, 100*w.Loss, w.Run, line.ConcealmentNames[how], o.n,
						o.near/n, o.worst, o.change/n, 100*o.known/n)
				}
			}
		}
	}
	return nil
}

// lose sends the test of a speaker through a codec, with every network and concealment.
func (l lab) loseOf(ctx context.Context, p corpus.Speaker, k line.Coder, c search.Calibration, results map[line.Network]*[line.ConcealmentCount]outcome) error {
	first, rest := corpus.SplitOff(p.Utterances, enrolment+4*time.Second)
	some, _ := corpus.SplitOff(rest, testing+2*time.Second)
	enrolled, net, err := l.voiced(line.Lines[0].Leg(first, false, line.Seed(p.Name)), enrolment)
	if err != nil || net < enrolment*8/10 {
		return err
	}
	mine, err := l.speaker.Wave(ctx, enrolled)
	if err != nil {
		return err
	}
	packets, err := k.Encode(line.DoubleRate(line.Lines[0].Leg(some, true, line.Seed(p.Name, "test"))))
	if err != nil {
		return err
	}
	whole, tested, err := l.embed(ctx, k, packets, make([]bool, len(packets)), line.AsSilence)
	if err != nil || tested < testing/2 {
		return err
	}
	for _, w := range append([]line.Network{{}}, line.Networks...) {
		lost := w.Losses(len(packets), p.Name)
		for _, how := range k.Concealments {
			if w == (line.Network{}) && how != line.AsSilence {
				continue
			}
			v, n, err := l.embed(ctx, k, packets, lost, how)
			if err != nil {
				return err
			}
			if results[w] == nil {
				results[w] = &[line.ConcealmentCount]outcome{}
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
func (l lab) embed(ctx context.Context, k line.Coder, packets [][]byte, lost []bool, how line.Concealment) (vector, time.Duration, error) {
	frames, err := k.Decode(packets, lost, how)
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
