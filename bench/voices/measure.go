package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/lab"
	"timbre/bench/line"
	"timbre/task"
	"timbre/voice"
)

// bench makes legs of people and tells the voices on them apart as the product does.
type bench struct {
	lab.Lab
	people []person
}

// outcome is what a leg was found to hold. The zero outcome is that of a leg that is too short.
type outcome struct {
	kind
	detected
	segments []timbre.Embedding
	share    float64       // of the second person in the speech; 0 to 0.5
	took     time.Duration // of the segments
}

// lines are a good line and a noisy one.
var lines = []line.Line{line.Lines[0], line.Lines[2]}

// measure tells the voices of a number of legs of each kind apart, from a leg on.
func (b bench) measure(ctx context.Context, from, legs int) ([]outcome, error) {
	var kinds []kind
	for _, on := range lines {
		kinds = append(kinds, kind{false, on}, kind{true, on})
	}
	all := make([]outcome, len(kinds)*legs)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(b.Threads)
	for i, k := range kinds {
		for n := range legs {
			g.Go(func() (err error) {
				all[i*legs+n], err = b.tellApart(ctx, k, from+n)
				return err
			})
		}
	}
	err := g.Wait()
	return slices.DeleteFunc(all, func(o outcome) bool { return o.audio == nil }), err
}

// tellApart embeds the segments of a leg.
func (b bench) tellApart(ctx context.Context, k kind, number int) (outcome, error) {
	on := k.leg(b.people, number)
	d, err := b.detect(on)
	if err != nil || d.net < task.ForVoiceprint {
		return outcome{}, err
	}
	n := float64(count(d.second)) / float64(len(d.second))
	began := time.Now()
	segments, err := b.Voices.Segments(ctx, d.audio)
	return outcome{k, d, segments, min(n, 1-n), time.Since(began)}, err
}

// detected is the voiced audio of a leg: as much net speech as a voiceprint takes, and who speaks.
type detected struct {
	audio  []float32
	second []bool
	net    time.Duration
}

func (b bench) detect(on leg) (d detected, err error) {
	err = b.Detect(on.pcm, func(s timbre.Speech) {
		if d.net < task.ForVoiceprint {
			d.net, d.audio = s.Net, timbre.Wave(d.audio, s.PCM)
			at := min(len(on.second)-1, timbre.Samples(s.At))
			d.second = append(d.second, slices.Repeat([]bool{on.second[at]}, len(s.PCM))...)
		}
	})
	return d, err
}

// audioOf is the audio of the first net speech of a leg.
func (o outcome) audioOf(net time.Duration) []float32 {
	return o.audio[:int(float64(len(o.audio))*min(1, net.Seconds()/o.net.Seconds()))]
}

// first is what all segments say of the first net speech of a leg, with a threshold.
func (o outcome) first(net time.Duration, threshold float64) timbre.Voices {
	audio := o.audioOf(net)
	return voice.Apart(audio, net, o.segments[:voice.CountSegments(len(audio))], threshold)
}

// decision says at which of the product's results a second voice is found.
type decision struct {
	at10s, name, print bool
	kept               timbre.Voices // by the voiceprint
}

// decide finds what the first 10 s of speech give, an identification that waits for up to 20 s, and a voiceprint.
func (o outcome) decide(threshold float64) (d decision) {
	look := o.first(task.ForSearch, threshold)
	d.at10s = look.Other > 0
	for _, net := range []time.Duration{15 * time.Second, task.ForVoiceprint} {
		if look.Other > 0 && look.Net < task.ForSearch {
			look = o.first(net, threshold)
		}
	}
	d.name = look.Other > 0
	d.kept = o.first(o.net, threshold)
	d.print = d.kept.Other > 0
	return d
}

// purity is the share of the kept audio that is of one person. What is kept are whole seconds of the audio, in order.
func purity(audio []float32, second []bool, kept []float32) float64 {
	var samples, other int
	for at := 0; at < len(audio) && len(kept) > 0; at += timbre.SampleRate {
		piece := audio[at:min(len(audio), at+timbre.SampleRate)]
		if len(kept) < len(piece) || !slices.Equal(kept[:len(piece)], piece) {
			continue
		}
		kept = kept[len(piece):]
		samples += len(piece)
		other += count(second[at : at+len(piece)])
	}
	n := float64(other) / float64(max(1, samples))
	return max(n, 1-n)
}

func count(which []bool) (n int) {
	for _, is := range which {
		if is {
			n++
		}
	}
	return n
}
