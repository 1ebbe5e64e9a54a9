package main

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
	"timbre/node"
	"timbre/speech"
)

// voice is the voiceprint of a person in a call.
type voice struct {
	Person, Corpus string
	Call           string // its beginnings are the same call
	Line           string
	Enrolment      bool
	Print          timbre.Voiceprint
}

// The net speech of an enrolment, and of the tests over three tracks: two lengths of the first, and little of the last.
const enrolment = 20 * time.Second

var lengths = [][]time.Duration{{10 * time.Second, 20 * time.Second}, {10 * time.Second}, {5 * time.Second}}

// analysis makes voiceprints as the server does.
type analysis struct{ *node.Offline }

// all makes the voiceprints of everybody, several people at a time.
func (a analysis) all(ctx context.Context, speakers []corpus.Speaker, at int) (all []voice, err error) {
	found := make([][]voice, len(speakers))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(at)
	for i := range speakers {
		g.Go(func() (err error) {
			found[i], err = a.person(ctx, speakers, i)
			fmt.Fprintf(os.Stderr, "%s: %d voiceprints\n", speakers[i].Name, len(found[i]))
			return err
		})
	}
	err = g.Wait()
	for _, h := range found {
		all = append(all, h...)
	}
	return all, err
}

// person makes the voiceprints of a speaker: of the oldest speech over a clean line, for every second one over another line too, and of the
// newest over three.
func (a analysis) person(ctx context.Context, speakers []corpus.Speaker, i int) (all []voice, err error) {
	p := speakers[i]
	r := line.Seed("strangers", p.Name)
	first, rest := corpus.SplitOff(p.Utterances, enrolment+4*time.Second)
	newest := lastOf(rest, 24*time.Second)
	tests := r.Perm(len(tracks))
	others := func() []float64 { return babble(speakers, i, r) }
	for _, t := range []track{tracks[0], tracks[1+r.IntN(len(tracks)-1)]}[:1+i%2] {
		v, err := a.voiceprints(ctx, t, call{spoken(first, r), others, r}, enrolment)
		if err != nil {
			return nil, err
		}
		all = append(all, label(v, p, "enrolment "+t.name, t, true)...)
	}
	for k, durations := range lengths {
		t := tracks[tests[k]]
		if len(newest) == 0 {
			break
		}
		v, err := a.voiceprints(ctx, t, call{spoken(newest, r), others, r}, durations...)
		if err != nil {
			return nil, err
		}
		all = append(all, label(v, p, "call "+t.name, t, false)...)
	}
	return all, nil
}

func label(prints []timbre.Voiceprint, p corpus.Speaker, call string, t track, enrolled bool) (all []voice) {
	for _, voiceprint := range prints {
		all = append(all, voice{p.Name, p.Corpus, p.Name + " " + call, t.name, enrolled, voiceprint})
	}
	return all
}

// lastOf is the last utterances of at most a length, at least one.
func lastOf(utterances [][]int16, length time.Duration) [][]int16 {
	from := len(utterances)
	for sum := time.Duration(0); from > 0; from-- {
		if sum += timbre.Duration(len(utterances[from-1])); sum > length && from < len(utterances) {
			break
		}
	}
	return utterances[from:]
}

// babble is five other people at once.
func babble(speakers []corpus.Speaker, i int, r *rand.Rand) []float64 {
	sum := make([]float64, timbre.Samples(40*time.Second))
	for range 5 {
		other := spoken(speakers[(i+1+r.IntN(len(speakers)-1))%len(speakers)].Utterances, r)
		for k := range sum {
			sum[k] += other[k%len(other)]
		}
	}
	return sum
}

// voiceprints sends a call through a line and makes a voiceprint of each length of net speech that they give at least nine tenths of.
// What is refused, as too noisy or clipped, is left out.
func (a analysis) voiceprints(ctx context.Context, t track, c call, durations ...time.Duration) (all []timbre.Voiceprint, err error) {
	pcm, err := t.send(c)
	if err != nil {
		return nil, err
	}
	var net time.Duration
	var audio []float32
	reach := func(enough time.Duration) error {
		if len(durations) == 0 || net < enough || len(audio) == 0 {
			return nil
		}
		durations = durations[1:]
		voiceprint, err := a.Embedder.Embed(ctx, audio, net)
		if timbre.KindOf(err) == timbre.Unprocessable {
			return nil
		}
		all = append(all, voiceprint)
		return err
	}
	d := speech.NewDetector(a.VAD, func(s timbre.Speech) {
		net, audio = s.Net, timbre.Wave(audio, s.PCM)
		if len(durations) > 0 {
			err = errors.Join(err, reach(durations[0]))
		}
	})
	for at := 0; at+timbre.FrameSamples <= len(pcm) && len(durations) > 0 && err == nil; at += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(at), PCM: pcm[at : at+timbre.FrameSamples]})
		err = errors.Join(err, d.Err())
	}
	if len(durations) > 0 && err == nil {
		err = reach(durations[0] * 9 / 10)
	}
	return all, err
}

// kept returns the voices of a file, or else makes them and writes it.
func kept(file string, embed func() ([]voice, error)) (voices []voice, err error) {
	if file == "" {
		return embed()
	}
	f, err := os.Open(file)
	if err == nil {
		defer func() { err = errors.Join(err, f.Close()) }()
		return voices, gob.NewDecoder(f).Decode(&voices)
	}
	if voices, err = embed(); err != nil {
		return nil, err
	}
	if f, err = os.Create(file); err != nil {
		return nil, err
	}
	return voices, errors.Join(gob.NewEncoder(f).Encode(voices), f.Close())
}
