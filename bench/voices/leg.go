package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"timbre"
	"timbre/bench/corpus"
	"timbre/bench/line"
)

// person is a speaker with the longest recording in one sitting.
type person struct {
	name, corpus string
	speech       []int16
}

// least is how much speech of a person is needed: what a voiceprint takes, and the pauses in it that the VAD leaves out.
const least = 30 * time.Second

var legLength = timbre.Samples(least)

// everyone returns the people who have enough speech.
func everyone(speakers []corpus.Speaker) (people []person) {
	for _, s := range speakers {
		if p := (person{s.Name, s.Corpus, sitting(s)}); timbre.Duration(len(p.speech)) >= least {
			people = append(people, p)
		}
	}
	slices.SortFunc(people, func(a, b person) int { return cmp.Compare(a.name, b.name) })
	return people
}

// sitting returns the most speech that was recorded without a pause of an hour.
func sitting(s corpus.Speaker) (most []int16) {
	var speech []int16
	for i, u := range s.Utterances {
		if i > 0 && s.Recorded[i].Sub(s.Recorded[i-1]) > time.Hour {
			speech = nil
		}
		if speech = append(speech, u...); len(speech) > len(most) {
			most = speech
		}
	}
	return most
}

// kind is what legs have in common.
type kind struct {
	two  bool
	line line.Line
}

// leg is the audio of a leg, and who of its two people speaks, for each sample.
type leg struct {
	pcm    []int16
	second []bool
}

// leg makes a leg of one person, or of two of the same corpus who take turns.
func (k kind) leg(people []person, number int) leg {
	r := line.Seed(fmt.Sprint(k), fmt.Sprint(number))
	first := people[number%len(people)]
	sources := [2][]int16{first.from(r, legLength), nil}
	if k.two {
		alike := slices.DeleteFunc(slices.Clone(people), func(p person) bool { return p.corpus != first.corpus || p.name == first.name })
		sources[1] = alike[r.IntN(len(alike))].from(r, legLength)
		louder(sources[0], sources[1], 8*r.Float64()-4)
	}
	voice, second := turns(sources, k, r)
	pcm := k.line.Leg([][]int16{voice}, true, r)
	start := make([]bool, len(pcm)-len(voice)-timbre.SampleRate) // the pause that the line begins with
	return leg{pcm, slices.Concat(start, second)}
}

// from returns a copy of speech of a length from anywhere in the recordings, or of all.
func (p person) from(r *rand.Rand, n int) []int16 {
	at := r.IntN(max(1, len(p.speech)-n))
	return slices.Clone(p.speech[at:min(len(p.speech), at+n)])
}

// louder brings b to a level so many dB above that of a.
func louder(a, b []int16, dB float64) {
	by := line.Gain(dB) * line.Loudness(line.Wave(a)) / line.Loudness(line.Wave(b))
	for i := range b {
		b[i] = int16(max(-32767, min(32767, by*float64(b[i]))))
	}
}

// turns takes turns of 2 to 5 s from one or two voices, with pauses of up to 0.6 s.
func turns(sources [2][]int16, k kind, r *rand.Rand) (voice []int16, second []bool) {
	who := 0
	if k.two {
		who = r.IntN(2)
	}
	for len(voice) < legLength && len(sources[who]) > 0 {
		turn := min(len(sources[who]), timbre.Samples(2*time.Second)+r.IntN(timbre.Samples(3*time.Second)))
		voice = append(voice, sources[who][:turn]...)
		voice = append(voice, make([]int16, r.IntN(timbre.SampleRate*6/10))...)
		second = append(second, slices.Repeat([]bool{who == 1}, len(voice)-len(second))...)
		sources[who] = sources[who][turn:]
		if k.two {
			who = 1 - who
		}
	}
	return voice, second
}
