package main

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/line"
	"timbre/speech"
	"timbre/task"
	"timbre/voice"
)

// lab tells voices apart as the product does.
type lab struct {
	vad    speech.VAD
	voices *voice.Embedder
	people []person
}

// outcome is what was found on a leg: whether there is a second voice, by the first 10 s of speech, by an identification that waits
// for up to 20 s, and by a voiceprint.
type outcome struct {
	kind
	legs               int
	share              float64 // of the second person in the speech; 0 to 0.5
	at10s, name, print bool
	kept               time.Duration // speech of one of two
	pure               float64       // share of that which is of one person
	took, speech       time.Duration // time and speech of all looks
}

// lines are a good line and a noisy one.
var lines = []line.Line{line.Lines[0], line.Lines[2]}

// measure tells the voices of a number of legs of each kind apart.
func (l lab) measure(ctx context.Context, legs, threads int) ([]outcome, error) {
	var kinds []kind
	for _, on := range lines {
		kinds = append(kinds, kind{false, on}, kind{true, on})
	}
	all := make([]outcome, len(kinds)*legs)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(threads)
	for i, k := range kinds {
		for n := range legs {
			g.Go(func() (err error) {
				all[i*legs+n], err = l.listen(ctx, k, n)
				return err
			})
		}
	}
	err := g.Wait()
	return slices.DeleteFunc(all, func(o outcome) bool { return o.legs == 0 }), err
}

// listen tells the voices of a leg apart; the zero outcome if the leg is too short.
func (l lab) listen(ctx context.Context, k kind, number int) (outcome, error) {
	on := k.leg(l.people, number)
	heard, err := l.voiced(on)
	if err != nil || heard.net < task.ForVoiceprint {
		return outcome{}, err
	}
	n := float64(count(heard.second)) / float64(len(heard.second))
	o := outcome{kind: k, legs: 1, share: min(n, 1-n)}
	look := func(net time.Duration) (v timbre.Voices) {
		if err != nil {
			return v
		}
		some := int(float64(len(heard.audio)) * net.Seconds() / heard.net.Seconds())
		began := time.Now()
		v, err = l.voices.Voices(ctx, heard.audio[:min(some, len(heard.audio))], net)
		o.took, o.speech = o.took+time.Since(began), o.speech+net
		return v
	}
	first := look(task.ForSearch)
	o.at10s = first.Other > 0
	deciding := first
	for _, net := range []time.Duration{15 * time.Second, task.ForVoiceprint} {
		if deciding.Other > 0 && deciding.Net < task.ForSearch {
			deciding = look(net)
		}
	}
	o.name = deciding.Other > 0
	last := look(heard.net)
	if o.print = last.Other > 0; o.print {
		o.kept, o.pure = last.Net, purity(heard.audio, heard.second, last.PCM)
	}
	return o, err
}

// heard is the voiced audio of a leg: as much net speech as a voiceprint takes, and who speaks.
type heard struct {
	audio  []float32
	second []bool
	net    time.Duration
}

func (l lab) voiced(on leg) (h heard, err error) {
	d := speech.NewDetector(l.vad, func(s timbre.Speech) {
		if h.net < task.ForVoiceprint {
			h.net, h.audio = s.Net, timbre.Wave(h.audio, s.PCM)
			at := min(len(on.second)-1, timbre.Samples(s.At))
			h.second = append(h.second, slices.Repeat([]bool{on.second[at]}, len(s.PCM))...)
		}
	})
	for i := 0; i < len(on.pcm); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: on.pcm[i:min(i+timbre.FrameSamples, len(on.pcm))]})
	}
	d.Flush()
	return h, d.Err()
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
