package main

import (
	"fmt"
	"strings"
	"time"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/speech"
)

// result is what a disturbed leg of one call gives.
type result struct {
	length         time.Duration
	clean, kept    time.Duration // of the caller's speech: what the undisturbed leg gives, and what of that passes
	other, ungated time.Duration // what else passes, and would without gates
	drops          timbre.Drops
}

// span is a stretch of a leg that passes.
type span struct{ from, to time.Duration }

// measure sends the call of a speaker with the next one as its agent through the gates.
func measure(vad speech.VAD, d disturbance, speakers []corpus.Speaker, i int) (r result, err error) {
	agent := speakers[(i+1)%len(speakers)]
	scene := func() line.Scene {
		words, _ := corpus.SplitOff(speakers[i].Utterances, talk)
		return line.Converse(words, agent.Utterances, line.Seed(speakers[i].Name, "turns"))
	}
	quiet, disturbed := scene(), scene()
	before := disturbed.Start
	d.apply(&disturbed, line.Seed(speakers[i].Name, d.name))
	quiet.Lead(make([]float64, timbre.Samples(disturbed.Start-before)))
	clean, _ := quiet.Transmit(line.Seed(speakers[i].Name, "line"))
	near, far := disturbed.Transmit(line.Seed(speakers[i].Name, "line"))
	truth, err := detect(vad, clean, nil, nil, nil)
	if err != nil {
		return r, err
	}
	gated, err := detect(vad, near, far, speech.NewGates(speech.Origin{}), &r.drops)
	if err != nil {
		return r, err
	}
	open, err := detect(vad, near, nil, nil, nil)
	if err != nil {
		return r, err
	}
	r.length, r.clean, r.kept = timbre.Duration(len(near)), sum(truth), overlap(truth, gated)
	r.other, r.ungated = sum(gated)-overlap(truth, gated), sum(open)-overlap(truth, open)
	return r, nil
}

// detect returns the stretches of a leg that pass.
func detect(vad speech.VAD, near, far []int16, gates *speech.Gates, drops *timbre.Drops) (passed []span, err error) {
	var net time.Duration
	d := speech.NewDetector(vad, func(s timbre.Speech) {
		if s.Net > net {
			passed = append(passed, span{s.At - (s.Net - net), s.At})
		}
		if net = s.Net; drops != nil {
			drops.Add(s.Drop)
		}
	})
	d.Gates = gates
	for i := 0; i < len(near); i += timbre.FrameSamples {
		at, end := timbre.Duration(i), min(i+timbre.FrameSamples, len(near))
		if gates != nil {
			gates.Far(1, timbre.Frame{At: at, PCM: far[i:end]})
		}
		d.Frame(timbre.Frame{At: at, PCM: near[i:end]})
	}
	d.Flush()
	return passed, d.Err()
}

func sum(s []span) (d time.Duration) {
	for _, x := range s {
		d += x.to - x.from
	}
	return d
}

// overlap is how much of a is in b. Both are in order.
func overlap(a, b []span) (d time.Duration) {
	k := 0
	for _, x := range a {
		for k < len(b) && b[k].to <= x.from {
			k++
		}
		for m := k; m < len(b) && b[m].from < x.to; m++ {
			d += min(x.to, b[m].to) - max(x.from, b[m].from)
		}
	}
	return d
}

// total is the results of all calls of a disturbance.
type total struct {
	result
	worst float64
}

func (t *total) add(r result) {
	share := r.kept.Seconds() / max(r.clean.Seconds(), 1)
	if t.length == 0 || share < t.worst {
		t.worst = share
	}
	t.length, t.clean, t.kept, t.other, t.ungated = t.length+r.length, t.clean+r.clean, t.kept+r.kept, t.other+r.other, t.ungated+r.ungated
	for why, d := range r.drops {
		t.drops[why] += d
	}
}

func (t *total) row(name string) string {
	minute := func(d time.Duration) float64 { return d.Seconds() / t.length.Minutes() }
	var why []string
	for _, r := range timbre.Reasons() {
		if d := t.drops[r]; d > 0 {
			why = append(why, fmt.Sprintf("%s %.2f", r, minute(d)))
		}
	}
	return fmt.Sprintf("%-26s %5.1f%% %6.1f%% %8.2fs %8.2fs  %s", name, 100*t.kept.Seconds()/t.clean.Seconds(), 100*t.worst,
		minute(t.other), minute(t.ungated), strings.Join(why, ", "))
}
